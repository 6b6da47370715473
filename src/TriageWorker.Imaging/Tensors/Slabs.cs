namespace TriageWorker.Imaging.Tensors;

/// <summary>
/// Cuts the tensor, along the axis on which slices follow each other, into slabs: one after the other is made, so that no more slices are in
/// memory than one slab reaches. A slab is whole cache lines thick, and reaches a few slices for each core.
/// </summary>
internal static class Slabs
{
    private const int Line = 16, SlicesPerCore = 4;

    /// <param name="planes">Of the tensor, along that axis.</param>
    /// <param name="slices">That all of them reach.</param>
    public static IEnumerable<(int From, int Count)> Of(int planes, int slices, int cores)
    {
        var perLine = Math.Max(1.0, (double)Line * slices / Math.Max(1, planes));
        var thickness = Line * (int)Math.Ceiling(SlicesPerCore * cores / perLine);
        for (var from = 0; from < planes; from += thickness) yield return (from, Math.Min(thickness, planes - from));
    }
}
