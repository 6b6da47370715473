using System.IO.Compression;
using System.Runtime.InteropServices;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Tests.Formats;

/// <summary>NIfTI-1 volumes of int16 with an sform and no scaling: what the reference values were made from.</summary>
internal static class Nifti
{
    public static Volume Read(string path)
    {
        using var zipped = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        var header = new byte[352];
        zipped.ReadExactly(header);
        var size = new GridSize(BitConverter.ToInt16(header, 42), BitConverter.ToInt16(header, 44), BitConverter.ToInt16(header, 46));
        if (BitConverter.ToInt16(header, 70) != 4 || BitConverter.ToInt16(header, 254) == 0 || BitConverter.ToSingle(header, 112) is not 1)
            throw new InvalidDataException("Only int16 with an sform and slope 1 is read here.");
        var rows = MemoryMarshal.Cast<byte, float>(header.AsSpan(280, 48));
        Vector3d Column(ReadOnlySpan<float> m, int n) => new(m[n], m[4 + n], m[8 + n]);
        var values = new short[size.Voxels];
        zipped.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return new Volume(new VolumeGrid(size, new Affine(Column(rows, 0), Column(rows, 1), Column(rows, 2), Column(rows, 3))), values);
    }
}
