using System.Globalization;
using TriageWorker.Imaging.Decoding;

namespace TriageWorker.Imaging.Series;

/// <summary>What selection said of one series. <paramref name="Because"/> is a clause without a full stop.</summary>
/// <param name="SeriesUid">Empty for files that name no series.</param>
public sealed record SeriesVerdict(string SeriesUid, string? Modality, int Images, bool IsChosen, string Because);

/// <summary>Which series of a study a model may read; every refusal with its reason.</summary>
public sealed record SeriesSelection(SeriesCandidate? Chosen, IReadOnlyList<SeriesVerdict> Verdicts)
{
    private const int Listed = 4;

    /// <param name="images">The headers of all images of the study, or why one cannot be read.</param>
    /// <param name="needs">What the model needs.</param>
    /// <param name="decodes">What can be decoded here; without it uncompressed pixels alone.</param>
    /// <param name="look">Has the last word, since it costs most: what the pixels of a series say. Asked of the best first, then of those that reach further along the body.</param>
    public static SeriesSelection Of(IReadOnlyList<Reading<SliceHeader>> images, SeriesNeeds needs, DecodableSyntaxes? decodes = null, Func<SeriesCandidate, PixelLook>? look = null)
    {
        var verdicts = new List<SeriesVerdict>();
        var candidates = new List<SeriesCandidate>();
        SliceHeader[] headers = [.. images.OfType<Reading<SliceHeader>.Of>().Select(i => i.Value)];
        var mixed = PatientIdentity.Conflict(headers);
        foreach (var series in headers.GroupBy(h => h.SeriesUid ?? "", StringComparer.Ordinal))
        {
            SliceHeader[] slices = [.. series];
            switch (mixed is null ? SeriesGate.Pass(series.Key, slices, needs, decodes ?? DecodableSyntaxes.None) : new Reading<SeriesCandidate>.Not(mixed))
            {
                case Reading<SeriesCandidate>.Of(var candidate):
                    candidates.Add(candidate);
                    break;
                case Reading<SeriesCandidate>.Not(var because):
                    verdicts.Add(new(series.Key, slices[0].Modality, slices.Length, false, because));
                    break;
            }
        }

        foreach (var unread in images.OfType<Reading<SliceHeader>.Not>().GroupBy(i => i.Because, StringComparer.Ordinal))
            verdicts.Add(new("", null, unread.Count(), false, unread.Key));

        var choice = new SeriesChoice(candidates, look, needs.BodyPart);
        // What came closest to being read is said first, and the same images are always told in the same order.
        var refused = verdicts.OrderByDescending(verdict => needs.Modality.Equals(verdict.Modality, StringComparison.OrdinalIgnoreCase)).ThenByDescending(verdict => verdict.Images)
            .ThenBy(verdict => verdict.SeriesUid, StringComparer.Ordinal).ThenBy(verdict => verdict.Because, StringComparer.Ordinal);
        return new SeriesSelection(choice.Chosen, [.. choice.Verdicts, .. refused]);
    }

    /// <summary>A clause with a full stop that follows "not analysed because", when nothing was chosen.</summary>
    public string WhyNone()
    {
        if (Verdicts.Count == 0) return "the study has no images.";
        (string Because, string Of)[] reasons = [.. Verdicts.GroupBy(v => v.Because, StringComparer.Ordinal).Select(g => (g.Key, Count(g.Sum(v => v.Images), ImageKinds.AreDocuments(g.First().Modality) ? "object" : "image")))];
        var listed = string.Join("; ", reasons.Take(Listed).Select(r => $"{r.Because} ({r.Of})"));
        var more = reasons.Length > Listed ? string.Create(CultureInfo.InvariantCulture, $"; and {reasons.Length - Listed} more reasons") : "";
        return reasons.Length == 1 ? $"{listed}." : $"no series can be read: {listed}{more}.";
    }

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
