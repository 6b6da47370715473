using System.Numerics;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Tensors;

/// <summary>
/// Mixes planes and writes them into the tensor. Where the tensor's fastest axis runs from slice to slice, as Merlin's, a tile of
/// neighbouring columns is taken through all planes in registers' width and then turned, so that both are touched in whole cache lines.
/// </summary>
/// <param name="block">Where the first voxel of the first plane goes.</param>
/// <param name="columns">Of each plane.</param>
internal sealed class SliceWeaver(TensorBlock block, int columns, MixedPlane[] planes, IntensityScale scale, float[] tensor)
{
    public void Weave(int rows, Cores cores) => cores.ForEach(rows, () => new float[planes.Length * Vector<float>.Count], WeaveRow);

    private void WeaveRow(int j, float[] scratch)
    {
        var i = 0;
        for (; i + Vector<float>.Count <= columns; i += Vector<float>.Count) WeaveTile(i, j, scratch);
        for (; i < columns; i++) WeaveColumn(i, j);
    }

    private void WeaveTile(int i, int j, float[] scratch)
    {
        var (from, to) = ((j * columns) + i, block.At(i, j));
        for (var n = 0; n < planes.Length; n++)
        {
            ref readonly var plane = ref planes[n];
            var value = new Vector<float>(plane.Low, from);
            if (plane.Share > 0) value += (new Vector<float>(plane.High, from) - value) * plane.Share;
            value = ((value - new Vector<float>(scale.From)) / new Vector<float>(scale.Range) * scale.Span) + new Vector<float>(scale.To);
            value = Vector.Min(Vector.Max(value, new Vector<float>(scale.Low)), new Vector<float>(scale.High));
            if (block.StrideI == 1) value.CopyTo(tensor, to + (n * block.StrideK));
            else value.CopyTo(scratch, n * Vector<float>.Count);
        }

        if (block.StrideI == 1) return;
        for (var lane = 0; lane < Vector<float>.Count; lane++) Turn(scratch, lane, to + (lane * block.StrideI));
    }

    private void Turn(float[] scratch, int lane, int to)
    {
        if (block.StrideK == 1)
        {
            var output = tensor.AsSpan(to, planes.Length);
            for (var n = 0; n < output.Length; n++) output[n] = scratch[(n * Vector<float>.Count) + lane];
        }
        else
        {
            for (var n = 0; n < planes.Length; n++) tensor[to + (n * block.StrideK)] = scratch[(n * Vector<float>.Count) + lane];
        }
    }

    private void WeaveColumn(int i, int j)
    {
        var (from, to) = ((j * columns) + i, block.At(i, j));
        for (var n = 0; n < planes.Length; n++)
        {
            var value = planes[n].Low[from];
            if (planes[n].Share > 0) value += (planes[n].High[from] - value) * planes[n].Share;
            tensor[to + (n * block.StrideK)] = scale.Apply(value);
        }
    }
}
