using System.Globalization;
using System.Text;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Matching;

namespace TriageWorker.Store;

/// <summary>Keys as SQL conditions; values travel as parameters.</summary>
internal sealed class QueryConditions
{
    private readonly List<string> _conditions = [];

    public List<object?> Values { get; } = [];

    /// <summary>All of them; true when there are none.</summary>
    public string Text => _conditions.Count == 0 ? "true" : string.Join(" and ", _conditions);

    /// <summary>The number of a value, as SQL names it.</summary>
    public string Value(object value)
    {
        Values.Add(value);
        return "$" + Values.Count.ToString(CultureInfo.InvariantCulture);
    }

    public void Add(QueryColumn column, AttributeMatch match)
    {
        if (match is AttributeMatch.Any) return;
        var condition = IsName(column.Tag) ? OfName(column.Expression, match) : OfText(column.Expression, match, IsNumber(column.Tag));
        _conditions.Add(column.Tag == DicomTag.ModalitiesInStudy
            ? $"exists (select 1 from series m where m.study_uid = s.study_uid and {condition})"
            : condition);
    }

    public void Add(string condition) => _conditions.Add(condition);

    private string OfText(string expression, AttributeMatch match, bool isNumber) => match switch
    {
        AttributeMatch.OneOf([var one]) when isNumber => $"{expression} = {Value(Canonical(one))}",
        AttributeMatch.OneOf([var one]) => $"{expression} = {Value(one)}",
        AttributeMatch.OneOf(var several) => $"{expression} = any({Value(several.ToArray())})",
        AttributeMatch.Wildcard(var pattern) => $"{expression} like {Value(LikePattern(pattern))}",
        AttributeMatch.Between(var from, var to) => string.Join(" and ",
            new[] { from is null ? null : $"{expression} >= {Value(from)}", to is null ? null : $"{expression} <= {Value(to)}" }.OfType<string>()),
        _ => throw new ArgumentException($"{match} is no match we know.", nameof(match)),
    };

    /// <summary>A name without its empty components, and without its ideographic and phonetic groups, is the same name (PS3.5, 6.2.1).</summary>
    private string OfName(string expression, AttributeMatch match) => match switch
    {
        AttributeMatch.OneOf(var names) => "(" + string.Join(" or ", names.Select(name => name.TrimEnd('^')).Select(name =>
            $"{expression} = any(array[{string.Join(", ", Enumerable.Range(0, 5).Select(count => $"lower({Value(name + new string('^', count))})"))}]) " +
            $"or {expression} like lower({Value(LikePattern(name) + "=%")})")) + ")",
        AttributeMatch.Wildcard(var pattern) => $"{expression} like lower({Value(LikePattern(pattern))})",
        _ => throw new ArgumentException($"{match} is no match of a name.", nameof(match)),
    };

    private static bool IsName(DicomTag tag) => tag == DicomTag.PatientName || tag == DicomTag.ReferringPhysicianName;

    private static bool IsNumber(DicomTag tag) => tag == DicomTag.SeriesNumber || tag == DicomTag.InstanceNumber;

    // 007 and +7 are the number 7 (PS3.5, 6.2, IS).
    private static string Canonical(string number) =>
        int.TryParse(number, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value.ToString(CultureInfo.InvariantCulture) : number;

    private static string LikePattern(string pattern)
    {
        var like = new StringBuilder(pattern.Length + 8);
        foreach (var letter in pattern)
        {
            if (letter is '%' or '_' or '\\') like.Append('\\');
            like.Append(letter switch { '*' => '%', '?' => '_', _ => letter });
        }

        return like.ToString();
    }
}
