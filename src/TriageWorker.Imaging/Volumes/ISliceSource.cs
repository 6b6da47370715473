using TriageWorker.Imaging.Geometry;

namespace TriageWorker.Imaging.Volumes;

/// <summary>The slices of a volume, from memory or from files. Slices may be read in any order and by several threads at once.</summary>
public interface ISliceSource
{
    VolumeGrid Grid { get; }

    /// <summary>
    /// One slice, row by row. <paramref name="buffer"/> (at least one slice long) is filled only when the values are not in memory
    /// already; the result is valid until the buffer is used again.
    /// </summary>
    StoredSlice Read(int slice, short[] buffer);
}

/// <summary>The stored values of one slice and what makes them Hounsfield units.</summary>
public readonly record struct StoredSlice(ReadOnlyMemory<short> Values, Rescale Rescale);
