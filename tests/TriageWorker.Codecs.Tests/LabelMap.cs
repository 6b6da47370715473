using System.IO.Compression;
using System.Runtime.InteropServices;
using TriageWorker.Imaging.Geometry;

namespace TriageWorker.Codecs.Tests;

/// <summary>A NIfTI-1 map of one-byte labels with an sform, as segmentations are handed on.</summary>
internal sealed record LabelMap(GridSize Size, Affine ToRas, byte[] Labels)
{
    private const int HeaderBytes = 348, UnsignedByte = 2;

    public static LabelMap Read(string path)
    {
        using var zipped = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        zipped.CopyTo(whole);
        var bytes = whole.ToArray();
        var header = bytes.AsSpan(0, HeaderBytes);
        if (BitConverter.ToInt16(header[70..]) != UnsignedByte || BitConverter.ToInt16(header[254..]) == 0) throw new InvalidDataException($"{path} is no map of bytes with an sform.");
        var size = new GridSize(BitConverter.ToInt16(header[42..]), BitConverter.ToInt16(header[44..]), BitConverter.ToInt16(header[46..]));
        var rows = MemoryMarshal.Cast<byte, float>(header[280..328]).ToArray();
        Vector3d Column(int n) => new(rows[n], rows[4 + n], rows[8 + n]);
        var labels = bytes.AsSpan((int)BitConverter.ToSingle(header[108..]), (int)size.Voxels).ToArray();
        return new LabelMap(size, new Affine(Column(0), Column(1), Column(2), Column(3)), labels);
    }

    /// <summary>The voxels under one label, in millimetres.</summary>
    public IEnumerable<Vector3d> PlacesOf(byte label)
    {
        for (var n = 0; n < Labels.Length; n++)
        {
            if (Labels[n] == label) yield return ToRas.At(new(n % Size.X, n / Size.X % Size.Y, n / (Size.X * Size.Y)));
        }
    }
}
