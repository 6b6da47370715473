using TriageWorker.Imaging.Geometry;

namespace TriageWorker.Imaging.Volumes;

/// <summary>A volume in memory: stored values slice by slice (index <c>(k·rows + j)·columns + i</c>), and each slice's rescale.</summary>
public sealed class Volume : ISliceSource
{
    private readonly ReadOnlyMemory<short> _stored;
    private readonly Rescale[] _rescale;

    /// <param name="grid">Size and position of the voxels.</param>
    /// <param name="stored">As many values as the grid has voxels; not copied.</param>
    /// <param name="rescale">One for each slice, or none when the values are Hounsfield units already.</param>
    public Volume(VolumeGrid grid, ReadOnlyMemory<short> stored, IReadOnlyList<Rescale>? rescale = null)
    {
        if (stored.Length != grid.Size.Voxels) throw new ArgumentException($"{stored.Length} values for a grid of {grid.Size}.", nameof(stored));
        if (rescale is not null && rescale.Count != grid.Size.Z) throw new ArgumentException($"{rescale.Count} rescales for {grid.Size.Z} slices.", nameof(rescale));
        Grid = grid;
        _stored = stored;
        _rescale = rescale is null ? [.. Enumerable.Repeat(Rescale.None, grid.Size.Z)] : [.. rescale];
    }

    public VolumeGrid Grid { get; }

    public StoredSlice Read(int slice, short[] buffer) => new(Slice(slice), _rescale[slice]);

    /// <summary>Hounsfield units of one voxel.</summary>
    public double HuAt(int i, int j, int k) =>
        (_stored.Span[(((k * Grid.Size.Y) + j) * Grid.Size.X) + i] * _rescale[k].Slope) + _rescale[k].Intercept;

    private ReadOnlyMemory<short> Slice(int slice)
    {
        var voxels = Grid.Size.X * Grid.Size.Y;
        return _stored.Slice(slice * voxels, voxels);
    }
}
