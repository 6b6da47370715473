using System.Buffers.Binary;
using System.Text;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;

namespace TriageWorker.Host.Training;

/// <summary>
/// All tensors of a set as uint8 [N, X, Y, Z] (NumPy format 1.0). Each may be written at any time by any thread, since its place is known.
/// </summary>
internal sealed class TensorStack : IDisposable
{
    private const int Alignment = 64;
    private readonly FileStream _file;
    private readonly int _header, _voxels;

    public TensorStack(string path, int count, GridSize size)
    {
        var preamble = Preamble(count, size);
        (_header, _voxels) = (preamble.Length, checked((int)size.Voxels));
        _file = new FileStream(path, FileMode.Create, FileAccess.Write);
        RandomAccess.Write(_file.SafeFileHandle, preamble, 0);
    }

    /// <summary>Writes 0 to 1 in 255 steps.</summary>
    public void Write(int index, ImageTensor tensor)
    {
        var bytes = new byte[_voxels];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)Math.Clamp(MathF.Round(tensor.Values[i] * byte.MaxValue), 0, byte.MaxValue);
        Write(index, bytes);
    }

    public void Write(int index, byte[] bytes)
    {
        if (bytes.Length != _voxels) throw new ArgumentException($"{bytes.Length} values for {_voxels} voxels.", nameof(bytes));
        RandomAccess.Write(_file.SafeFileHandle, bytes, _header + ((long)index * _voxels));
    }

    public void Dispose() => _file.Dispose();

    private static byte[] Preamble(int count, GridSize size)
    {
        var dictionary = $"{{'descr': '|u1', 'fortran_order': False, 'shape': ({count}, {size.X}, {size.Y}, {size.Z}), }}";
        ReadOnlySpan<byte> magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];
        var length = magic.Length + sizeof(ushort);
        var padded = (length + dictionary.Length + Alignment) / Alignment * Alignment;
        var preamble = new byte[padded];
        magic.CopyTo(preamble);
        BinaryPrimitives.WriteUInt16LittleEndian(preamble.AsSpan(magic.Length), (ushort)(padded - length));
        Encoding.ASCII.GetBytes(dictionary.PadRight(padded - length - 1) + "\n", preamble.AsSpan(length));
        return preamble;
    }
}
