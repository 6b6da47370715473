using System.Globalization;

namespace TriageWorker.Web;

/// <summary>The figures that scoring keeps of a model's input, in a reader's words. What has no words here is shown by its name, never hidden.</summary>
internal static class InputFigures
{
    private const double WorthAWarning = 5, Visible = 0.05;

    private static readonly (string Name, string Side)[] Cuts =
    [
        ("cutRight", "at the right"), ("cutLeft", "at the left"), ("cutAnterior", "in front"), ("cutPosterior", "at the back"), ("cutSuperior", "towards the head"), ("cutInferior", "towards the feet"),
    ];

    /// <summary>Null when there are none.</summary>
    public static string? Say(IReadOnlyDictionary<string, double> figures)
    {
        var rest = figures.ToDictionary(StringComparer.Ordinal);
        string[] clauses = [.. Stack(rest), .. Body(rest), .. Cut(rest), .. rest.Select(figure => Say($"{figure.Key} {figure.Value:0.##}"))];
        return clauses.Length == 0 ? null : string.Join("; ", clauses);
    }

    /// <summary>What a reader of the scores must know of their input; null when the model saw nearly all.</summary>
    public static string? Warning(IReadOnlyDictionary<string, double> figures) => figures.GetValueOrDefault("bodyOutsidePercent") is >= WorthAWarning and var outside
        ? Say($"The model did not see {outside:0} % of the body in these images: its field is smaller than the patient.")
        : null;

    private static IEnumerable<string> Stack(Dictionary<string, double> figures)
    {
        if (!figures.ContainsKey("slices") || !figures.ContainsKey("sliceSpacing") || !figures.ContainsKey("coverage")) yield break;
        figures.Remove("slices", out var slices);
        figures.Remove("sliceSpacing", out var spacing);
        figures.Remove("coverage", out var coverage);
        yield return Say($"{slices:0} slices every {spacing:0.##} mm cover {coverage:0} mm");
        if (figures.Remove("abdomen", out var abdomen)) yield return Say($"{abdomen:0} mm of the abdomen are in view");
        if (figures.Remove("tiltDegrees", out var tilt) && tilt >= 0.5) yield return Say($"gantry tilted by {tilt:0.#}°");
    }

    private static IEnumerable<string> Body(Dictionary<string, double> figures)
    {
        if (!figures.Remove("bodyOutsidePercent", out var outside)) yield break;
        yield return outside < Visible ? "all of the body in them lies within the model's field" : Say($"{outside:0.#} % of the body in them lies outside the model's field");
    }

    private static IEnumerable<string> Cut(Dictionary<string, double> figures)
    {
        var cuts = Cuts.Select(cut => (cut.Side, Mm: figures.Remove(cut.Name, out var mm) ? mm : 0)).Where(cut => cut.Mm >= Visible).Select(cut => Say($"{cut.Mm:0} mm {cut.Side}")).ToArray();
        if (cuts.Length > 0) yield return $"the field leaves out of the images {string.Join(", ", cuts)}";
    }

    private static string Say(FormattableString clause) => clause.ToString(CultureInfo.InvariantCulture);
}
