using System.Text;
using TriageWorker.Models.Packages;

namespace TriageWorker.Models.Merlin.Import;

/// <summary>Reads the published list of phenotypes: one line for each output of the classifier, in its order.</summary>
internal static class PhecodeList
{
    private const string Header = "phecode,phecode_str";
    private const int LongestMeaning = 64; // VR LO, PS3.5 6.2

    /// <exception cref="FormatException">A line is no code with a name; says which.</exception>
    public static List<LabelDocument> Parse(string text)
    {
        var lines = text.Split('\n').Select(line => line.TrimEnd('\r')).ToList();
        if (lines[0] != Header) throw new FormatException($"line 1 is not '{Header}'");
        while (lines[^1].Length == 0) lines.RemoveAt(lines.Count - 1);
        return [.. lines.Skip(1).Select((line, i) => Label(line, i + 2))];
    }

    private static LabelDocument Label(string line, int number)
    {
        if (Fields(line) is not [var code, { Length: > 0 } name] || code.Length is 0 or > 12 || code.Any(letter => !char.IsAsciiDigit(letter) && letter != '.'))
            throw new FormatException($"line {number} is not a phecode and its name");
        return new LabelDocument
        {
            Key = $"PHE_{code.Replace('.', '_')}",
            Label = name,
            Code = new CodeDocument { Value = code, Scheme = "99PHECODE", Meaning = name.Length <= LongestMeaning ? name : $"{name[..(LongestMeaning - 3)]}..." },
        };
    }

    /// <summary>Commas part fields unless they stand in quotes; a doubled quote in quotes is one (RFC 4180).</summary>
    private static List<string> Fields(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"' && isQuoted && i + 1 < line.Length && line[i + 1] == '"') field.Append(line[i++]);
            else if (line[i] == '"') isQuoted = !isQuoted;
            else if (line[i] == ',' && !isQuoted) TakeField();
            else field.Append(line[i]);
        }

        TakeField();
        return isQuoted ? [] : fields;

        void TakeField()
        {
            fields.Add(field.ToString());
            field.Clear();
        }
    }
}
