using TriageWorker.Testing;

namespace TriageWorker.EndToEnd;

/// <summary>One metric, as it is exported or as docs/metrics.md says it is.</summary>
internal sealed record ExportedMetric(string Name, string Kind, IReadOnlySet<string> Labels)
{
    public override string ToString() => $"{Name} ({Kind}) {string.Join(", ", Labels.Order(StringComparer.Ordinal))}";
}

/// <summary>Prometheus' text format, as far as our exporter writes it.</summary>
internal static class Exposition
{
    // A histogram's own label says where a bucket ends.
    private const string BucketEnd = "le";

    public static IReadOnlyList<ExportedMetric> Read(string text)
    {
        var kinds = new Dictionary<string, string>();
        var labels = new Dictionary<string, HashSet<string>>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal) && line.Split(' ') is [_, _, var name, var kind]) kinds[name] = kind;
            if (line.StartsWith('#')) continue;
            var sample = line[..line.IndexOfAny(['{', ' '])];
            var family = kinds.Keys.Single(known => sample == known || (kinds[known] == "histogram" && sample.StartsWith(known, StringComparison.Ordinal) && sample[known.Length..] is "_bucket" or "_sum" or "_count"));
            if (!labels.TryGetValue(family, out var seen)) labels[family] = seen = [];
            if (line.Contains('{', StringComparison.Ordinal))
                seen.UnionWith(line[(line.IndexOf('{', StringComparison.Ordinal) + 1)..line.LastIndexOf('}')].Split("\",", StringSplitOptions.RemoveEmptyEntries).Select(label => label.Split('=')[0]).Where(label => label != BucketEnd));
        }

        return [.. kinds.Select(kind => new ExportedMetric(kind.Key, kind.Value, labels.GetValueOrDefault(kind.Key, [])))];
    }

    /// <summary>The rows of docs/metrics.md that name a metric of ours.</summary>
    public static IReadOnlyList<ExportedMetric> Documented() =>
    [
        .. File.ReadLines(Repository.At("docs", "metrics.md")).Where(line => line.StartsWith("| `triage.", StringComparison.Ordinal))
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim().Replace("`", "", StringComparison.Ordinal)).ToList())
            .Select(cells => new ExportedMetric(cells[1], cells[2], cells[3].Split(", ", StringSplitOptions.RemoveEmptyEntries).ToHashSet())),
    ];
}
