using TriageWorker.Dicom.Network;

namespace TriageWorker.Testing;

/// <summary>The numbered tables of docs/dicom-conformance.md, as they are read by people.</summary>
public static class ConformanceStatement
{
    private static readonly Dictionary<string, IReadOnlyList<ConformanceRow>> s_tables = Read(File.ReadAllLines(Repository.At("docs", "dicom-conformance.md")));

    public static IReadOnlyCollection<string> Numbers => s_tables.Keys;

    /// <summary>The rows of the table with this number, such as <c>2-5</c>.</summary>
    public static IReadOnlyList<ConformanceRow> Table(string number) =>
        s_tables.TryGetValue(number, out var rows) ? rows : throw new KeyNotFoundException($"docs/dicom-conformance.md has no table {number}.");

    /// <summary>What an association's item is, for one who proposes or answers.</summary>
    public static IReadOnlyDictionary<string, string> Values(string number, string who) => Table(number).ToDictionary(row => row["Item"], row => row[who]);

    /// <summary>The same of a request that was made.</summary>
    public static IReadOnlyDictionary<string, string> ValuesOf(AssociateRequest request) => new Dictionary<string, string>
    {
        ["Application context name"] = request.ApplicationContext,
        ["Maximum length received"] = $"{request.User.MaxPduLength}",
        ["Implementation class UID"] = request.User.ImplementationClassUid,
        ["Implementation version name"] = request.User.ImplementationVersion,
        ["Calling AE title"] = request.CallingAe,
        ["Asynchronous operations window"] = Said(request.User.Operations is not null),
        ["Role selection"] = Said(request.User.Roles.Count > 0),
        ["Extended negotiation"] = Said(request.User.Extended.Count + request.User.CommonExtended.Count > 0),
        ["User identity"] = Said(request.User.Identity is not null),
    };

    private static string Said(bool isProposed) => isProposed ? "proposed" : "none";

    private static Dictionary<string, IReadOnlyList<ConformanceRow>> Read(string[] lines)
    {
        const string caption = "**Table ";
        var tables = new Dictionary<string, IReadOnlyList<ConformanceRow>>();
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(caption, StringComparison.Ordinal)) continue;
            var number = lines[i][caption.Length..lines[i].IndexOf(". ", StringComparison.Ordinal)];
            while (!lines[i].StartsWith('|')) i++;
            var columns = Cells(lines[i]);
            var rows = new List<ConformanceRow>();
            for (i += 2; i < lines.Length && lines[i].StartsWith('|'); i++) rows.Add(new ConformanceRow(columns, Cells(lines[i])));
            tables.Add(number, rows);
        }

        return tables;
    }

    private static string[] Cells(string line) => [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())];
}

/// <summary>One row; a cell is found by the head of its column.</summary>
public sealed record ConformanceRow(IReadOnlyList<string> Columns, IReadOnlyList<string> Cells)
{
    /// <summary>The cell without the marks of code.</summary>
    public string this[string column] => Cells[Columns.ToList().IndexOf(column)].Replace("`", "", StringComparison.Ordinal);

    /// <summary>What stands in marks of code at the start of the cell.</summary>
    public string Code(string column)
    {
        var cell = Cells[Columns.ToList().IndexOf(column)];
        return cell.StartsWith('`') ? cell[1..cell.IndexOf('`', 1)] : "";
    }
}
