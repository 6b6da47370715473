using System.Globalization;
using TriageWorker.Phantoms;

namespace TriageWorker.Host.Training;

/// <summary><c>labels.csv</c>: one line per tensor, what was drawn and how it was scanned. What a label means is the training's business.</summary>
internal static class LabelSheet
{
    public static string Header { get; } =
        $"seed,matrix,slices,contrast,{string.Join(',', PhantomFindingNames.All)},ascites_ml,effusion_ml,free_air_ml,spleen_ml,liver_hu,aortic_calcium_mm3,vertebral_hu,body_width_mm";

    public static string Line(DrawnCase drawn)
    {
        var (spec, truth) = (drawn.Spec, drawn.Truth);
        var present = PhantomFindingNames.Of(spec.Findings);
        object[] cells =
        [
            spec.Seed, spec.Matrix, spec.Slices, drawn.Contrast ? 1 : 0, .. PhantomFindingNames.All.Select(name => (object)(present.Contains(name) ? 1 : 0)),
            truth.AscitesMl, truth.EffusionMl, truth.FreeAirMl, truth.SpleenVolumeMl,
            truth.LiverDensityHu, truth.AorticCalciumMm3, truth.VertebralDensityHu, truth.BodyWidthMm,
        ];
        return string.Join(',', cells.Select(cell => Convert.ToString(cell, CultureInfo.InvariantCulture)));
    }
}
