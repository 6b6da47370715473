using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace TriageWorker.Imaging.Tests.Formats;

/// <summary>Little-endian float32 arrays in C order, as numpy.save and numpy.savez write them.</summary>
internal sealed partial record Npy(int[] Shape, float[] Values)
{
    public static Npy Read(string path)
    {
        using var file = File.OpenRead(path);
        return Read(file);
    }

    public static Npy ReadZipped(string path, string name)
    {
        using var zip = ZipFile.OpenRead(path);
        using var entry = (zip.GetEntry(name + ".npy") ?? throw new InvalidDataException($"{path} holds no {name}")).Open();
        return Read(entry);
    }

    private static Npy Read(Stream stream)
    {
        var start = new byte[10];
        stream.ReadExactly(start);
        var header = new byte[BitConverter.ToUInt16(start, 8)];
        stream.ReadExactly(header);
        var text = Encoding.ASCII.GetString(header);
        if (!text.Contains("'<f4'", StringComparison.Ordinal) || !text.Contains("'fortran_order': False", StringComparison.Ordinal))
            throw new InvalidDataException(text);
        int[] shape = [.. ShapeText().Match(text).Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
        var values = new float[shape.Aggregate(1, (a, b) => a * b)];
        stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return new Npy(shape, values);
    }

    [GeneratedRegex(@"'shape': \(([^)]*)\)")]
    private static partial Regex ShapeText();
}
