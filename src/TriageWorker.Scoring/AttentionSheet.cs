using TriageWorker.Imaging.Series;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Models.Maps;
using TriageWorker.Models.Scoring;
using TriageWorker.Triage;

namespace TriageWorker.Scoring;

/// <summary>Where each finding's score comes from most, by the finding's key.</summary>
internal static class AttentionSheet
{
    private static readonly Dictionary<string, ModelAttention> s_none = [];

    /// <param name="times">Told how long the maps took; nothing where there are none.</param>
    public static IReadOnlyDictionary<string, ModelAttention> Of(ActivationHeads? heads, ModelOutput output, ImageTensor tensor, SeriesGeometry geometry, StepTimes times) =>
        heads is null || output.FeatureMap is null ? s_none : times.Of("attention", () => Of(heads.Findings(output), tensor, geometry));

    private static Dictionary<string, ModelAttention> Of(IEnumerable<ActivationMap> maps, ImageTensor tensor, SeriesGeometry geometry) =>
        maps.Select(map => Attention.Of(map, tensor, geometry)).OfType<Attention>().ToDictionary(each => each.Label.Key, Kept, StringComparer.Ordinal);

    /// <summary>To a tenth of a millimetre: a place in a map of cells is no finer.</summary>
    private static ModelAttention Kept(Attention attention) => new(
        attention.SopUid, attention.Frame, attention.Slice, attention.Slices, Math.Round(attention.SliceZ, 1),
        Math.Round(attention.Place.X, 1), Math.Round(attention.Place.Y, 1), Math.Round(attention.Place.Z, 1), Math.Round(attention.Strength, 6));
}
