using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace TriageWorker.Models.Packages;

/// <summary>
/// A float32 array in NumPy's format (NEP 1, version 1.0): magic, version, header length, a dictionary as text, then the numbers.
/// Little-endian and C order only.
/// </summary>
public sealed partial record NpyArray(IReadOnlyList<int> Shape, float[] Values)
{
    private const int PreambleSize = 10;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];

    /// <exception cref="FormatException">Says what about the file cannot be read.</exception>
    public static NpyArray Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length < PreambleSize || !file.StartsWith(Magic)) throw new FormatException("it is not a NumPy file of version 1.0");
        var headerSize = BinaryPrimitives.ReadUInt16LittleEndian(file[Magic.Length..]);
        if (headerSize > file.Length - PreambleSize) throw new FormatException("its header is cut");
        var header = Encoding.Latin1.GetString(file.Slice(PreambleSize, headerSize));
        if (!header.Contains("'descr': '<f4'", StringComparison.Ordinal) || !header.Contains("'fortran_order': False", StringComparison.Ordinal))
            throw new FormatException("it is not little-endian float32 in C order");
        if (ShapeOf(header) is not { } shape) throw new FormatException("its header names no shape");
        var body = file[(PreambleSize + headerSize)..];
        if (shape.Contains(0) || body.Length != shape.Aggregate((Int128)sizeof(float), (product, size) => product * size))
            throw new FormatException($"it should hold {string.Join(" x ", shape)} numbers and has {body.Length} bytes of them");
        return new NpyArray(shape, MemoryMarshal.Cast<byte, float>(body).ToArray());
    }

    /// <summary>The file that <see cref="Parse"/> reads; its numbers begin at a multiple of 64 bytes, as NumPy asks.</summary>
    public byte[] ToBytes()
    {
        const int alignment = 64;
        var header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({string.Concat(Shape.Select(size => string.Create(CultureInfo.InvariantCulture, $"{size}, "))).TrimEnd()}), }}";
        header = header.PadRight(((PreambleSize + header.Length + alignment) / alignment * alignment) - PreambleSize - 1) + '\n';
        var size = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(size, (ushort)header.Length);
        return [.. Magic, .. size, .. Encoding.Latin1.GetBytes(header), .. MemoryMarshal.AsBytes(Values.AsSpan())];
    }

    private static int[]? ShapeOf(string header)
    {
        if (ShapeText().Match(header) is not { Success: true } match) return null;
        var shape = new int[match.Groups["size"].Captures.Count];
        for (var axis = 0; axis < shape.Length; axis++)
            if (!int.TryParse(match.Groups["size"].Captures[axis].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out shape[axis])) return null;
        return shape;
    }

    // NumPy has at most 32 dimensions; more than nine digits are more than memory.
    [GeneratedRegex(@"'shape': \((?:(?<size>\d{1,9}),? ?){1,8}\)", RegexOptions.ExplicitCapture)]
    private static partial Regex ShapeText();
}
