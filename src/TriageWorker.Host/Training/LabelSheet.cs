using System.Globalization;

namespace TriageWorker.Host.Training;

/// <summary><c>labels.csv</c>: one line per tensor: how it was scanned, what was drawn in numbers, and each label that follows from it.</summary>
internal static class LabelSheet
{
    private static readonly (string Name, Func<DrawnCase, object> Of)[] s_columns =
    [
        ("seed", drawn => drawn.Spec.Seed),
        ("matrix", drawn => drawn.Spec.Matrix),
        ("slices", drawn => drawn.Spec.Slices),
        ("contrast", drawn => Bit(drawn.Contrast)),
        ("ascites_ml", drawn => drawn.Truth.AscitesMl),
        ("effusion_ml", drawn => drawn.Truth.EffusionMl),
        ("free_air_ml", drawn => drawn.Truth.FreeAirMl),
        ("spleen_ml", drawn => drawn.Truth.SpleenVolumeMl),
        ("liver_hu", drawn => drawn.Truth.LiverDensityHu),
        ("aortic_calcium_mm3", drawn => drawn.Truth.AorticCalciumMm3),
        ("vertebral_hu", drawn => drawn.Truth.VertebralDensityHu),
        ("body_width_mm", drawn => drawn.Truth.BodyWidthMm),
        .. DrawnLabels.All.Select(label => (label.Key, (Func<DrawnCase, object>)(drawn => Bit(label.Holds(drawn))))),
    ];

    public static string Header { get; } = string.Join(',', s_columns.Select(column => column.Name));

    public static string Line(DrawnCase drawn) =>
        string.Join(',', s_columns.Select(column => Convert.ToString(column.Of(drawn), CultureInfo.InvariantCulture)));

    private static int Bit(bool value) => value ? 1 : 0;
}
