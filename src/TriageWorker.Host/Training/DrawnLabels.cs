using TriageWorker.Phantoms;

namespace TriageWorker.Host.Training;

/// <summary>Whether a label of the demonstration model holds for a phantom: a rule over what was drawn, never chance.</summary>
/// <param name="Key">The key under which the model scores it.</param>
/// <param name="Rule">The same in words; it goes into the package's manifest.</param>
public sealed record DrawnLabel(string Key, string Rule, Func<DrawnCase, bool> Holds);

/// <summary>
/// Every label that the demonstration model is trained on and judged by. The rules for phenotypes and risks have no medical meaning:
/// they make numbers that can be right or wrong, so that the way of a phenotype or a risk through the product can be tested.
/// </summary>
public static class DrawnLabels
{
    private const double LowLiverHu = 40, CalciumMm3 = 1000, LowBoneHu = 110, WideMm = 380;

    public static IReadOnlyList<DrawnLabel> Findings { get; } =
    [
        Finding("FREE_AIR", PhantomFindings.FreeAir),
        Finding("ASCITES", PhantomFindings.Ascites),
        Finding("PLEURAL_EFF", PhantomFindings.PleuralEffusion),
        Finding("SPLENOMEGALY", PhantomFindings.Splenomegaly),
    ];

    public static IReadOnlyList<DrawnLabel> Phenotypes { get; } =
    [
        new("LOW_LIVER_DENS", $"drawn liver density below {LowLiverHu} HU", drawn => drawn.Truth.LiverDensityHu < LowLiverHu),
        new("AORTIC_CALCIUM", $"drawn aortic calcium of {CalciumMm3} mm3 or more", drawn => drawn.Truth.AorticCalciumMm3 >= CalciumMm3),
        new("LOW_BONE_DENS", $"drawn vertebral density below {LowBoneHu} HU", drawn => drawn.Truth.VertebralDensityHu < LowBoneHu),
        new("WIDE_BODY", $"drawn body width of {WideMm} mm or more", drawn => drawn.Truth.BodyWidthMm >= WideMm),
    ];

    public static IReadOnlyList<DrawnLabel> Risks { get; } =
    [
        Risk("R5_CVD", 0.50, calcium: 0.6, width: 0.4),
        Risk("R5_IHD", 0.50, calcium: 0.8, bone: 0.2),
        Risk("R5_HTN", 0.55, calcium: 0.4, width: 0.6),
        Risk("R5_DM", 0.55, liver: 0.5, width: 0.5),
        Risk("R5_CKD", 0.55, calcium: 0.5, bone: 0.5),
        Risk("R5_CLD", 0.55, liver: 0.8, width: 0.2),
    ];

    public static IEnumerable<DrawnLabel> All => [.. Findings, .. Phenotypes, .. Risks];

    private static DrawnLabel Finding(string key, PhantomFindings finding) =>
        new(key, "drawn into the phantom", drawn => drawn.Spec.Findings.HasFlag(finding));

    /// <summary>A weighted sum of the four attributes, each as a fraction of its drawn range from the healthy end to the other.</summary>
    private static DrawnLabel Risk(string key, double limit, double liver = 0, double calcium = 0, double bone = 0, double width = 0) => new(
        key,
        FormattableString.Invariant($"{liver}*liver + {calcium}*calcium + {bone}*bone + {width}*width >= {limit}, each a fraction of the drawn range"),
        drawn =>
        {
            var truth = drawn.Truth;
            return (liver * Math.Clamp((75 - truth.LiverDensityHu) / 80, 0, 1))
                + (calcium * Math.Clamp(Math.Log(1 + (truth.AorticCalciumMm3 / 60)) / Math.Log(101), 0, 1))
                + (bone * Math.Clamp((260 - truth.VertebralDensityHu) / 215, 0, 1))
                + (width * Math.Clamp((truth.BodyWidthMm - 280) / 160, 0, 1)) >= limit;
        });
}
