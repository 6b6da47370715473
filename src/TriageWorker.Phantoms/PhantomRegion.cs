using System.Diagnostics.CodeAnalysis;
using TriageWorker.Phantoms.Drawing;

namespace TriageWorker.Phantoms;

/// <summary>What a voxel belongs to, as far as training asks.</summary>
[SuppressMessage("Design", "CA1028", Justification = "One byte a voxel, as it is written.")]
public enum PhantomRegion : byte
{
    Elsewhere,
    Liver,
    Spleen,
    Spongiosa,
    Plaque,
    Ascites,
    PleuralEffusion,
    FreeAir,
}

internal static class Regions
{
    private static readonly PhantomRegion[] s_ofTissue = [.. Enum.GetValues<Tissue>().Select(tissue => tissue switch
    {
        Tissue.Liver => PhantomRegion.Liver,
        Tissue.Spleen => PhantomRegion.Spleen,
        Tissue.Spongiosa => PhantomRegion.Spongiosa,
        Tissue.Plaque => PhantomRegion.Plaque,
        Tissue.Ascites => PhantomRegion.Ascites,
        Tissue.Effusion => PhantomRegion.PleuralEffusion,
        Tissue.FreeAir => PhantomRegion.FreeAir,
        _ => PhantomRegion.Elsewhere,
    })];

    public static void Copy(ReadOnlySpan<Tissue> tissues, Span<PhantomRegion> regions)
    {
        for (var i = 0; i < tissues.Length; i++) regions[i] = s_ofTissue[(int)tissues[i]];
    }
}
