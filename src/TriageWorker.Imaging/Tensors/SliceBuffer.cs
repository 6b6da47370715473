using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Tensors;

/// <summary>One slice as it is stored, and the memory that it may be in.</summary>
internal sealed class SliceBuffer(int voxels)
{
    private readonly short[] _cells = new short[voxels];

    public StoredSlice Slice { get; private set; }

    public void Fill(TensorWork work, int slice) => Slice = work.Read(slice, _cells);
}
