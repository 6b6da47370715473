using System.Globalization;

namespace TriageWorker.Store;

/// <summary>Ids as people read them: <c>3, 7 to 12, 40</c>; of many ranges the first ones.</summary>
internal static class IdList
{
    private const int Shown = 20;

    public static string Text(IEnumerable<long> ids)
    {
        var ranges = new List<(long From, long To)>();
        foreach (var id in ids.Order())
            if (ranges.Count > 0 && ranges[^1].To == id - 1) ranges[^1] = (ranges[^1].From, id);
            else ranges.Add((id, id));
        var text = string.Join(", ", ranges.Take(Shown).Select(range => range.From == range.To ? Number(range.From) : $"{Number(range.From)} to {Number(range.To)}"));
        return ranges.Count > Shown ? $"{text} and {Number(ranges.Skip(Shown).Sum(range => range.To - range.From + 1))} more" : text;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
