namespace TriageWorker.Models.Packages;

/// <summary>Reads lists of labels: every key once, short enough to be a code value, every code whole.</summary>
internal static class LabelReader
{
    /// <summary>The DICOM length of a code value (VR SH, PS3.5 6.2).</summary>
    private const int LongestKey = 16;

    public static List<ScoreLabel> Read(string path, IReadOnlyList<LabelDocument> labels, Faults faults)
    {
        var read = new List<ScoreLabel>(labels.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < labels.Count; i++)
        {
            var (at, label) = ($"{path}[{i}]", labels[i]);
            var key = faults.Text($"{at}.key", label.Key);
            if (key.Length > LongestKey) faults.Add($"{at}.key", $"{key} is longer than {LongestKey} characters");
            if (key.Length > 0 && !seen.Add(key)) faults.Add($"{at}.key", $"{key} stands twice");
            read.Add(new ScoreLabel(
                key,
                faults.Text($"{at}.label", label.Label),
                faults.Present($"{at}.code", label.Code) ? Code($"{at}.code", label.Code, faults) : new LabelCode("", "", ""),
                label.Site is null ? null : Code($"{at}.site", label.Site, faults),
                label.Held is null ? null : faults.Text($"{at}.held", label.Held)));
        }

        return read;
    }

    private static LabelCode Code(string path, CodeDocument code, Faults faults) => new(
        faults.Text($"{path}.value", code.Value), faults.Text($"{path}.scheme", code.Scheme), faults.Text($"{path}.meaning", code.Meaning));
}
