using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace TriageWorker.Models.Packages;

/// <summary>
/// A float32 matrix in NumPy's format (NEP 1, version 1.0): magic, version, header length, a dictionary as text, then rows.
/// Little-endian and C order only.
/// </summary>
internal sealed partial record NpyMatrix(int Rows, int Columns, float[] Values)
{
    private const int PreambleSize = 10;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];

    public ReadOnlySpan<float> Row(int row) => Values.AsSpan(row * Columns, Columns);

    /// <summary>The file that <see cref="Parse"/> reads; its numbers begin at a multiple of 64 bytes, as NumPy asks.</summary>
    public byte[] ToBytes()
    {
        const int alignment = 64;
        var header = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({Rows}, {Columns}), }}");
        header = header.PadRight(((PreambleSize + header.Length + alignment) / alignment * alignment) - PreambleSize - 1) + '\n';
        var size = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(size, (ushort)header.Length);
        return [.. Magic, .. size, .. Encoding.Latin1.GetBytes(header), .. MemoryMarshal.AsBytes(Values.AsSpan())];
    }

    /// <exception cref="FormatException">Says what about the file cannot be read.</exception>
    public static NpyMatrix Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length < PreambleSize || !file.StartsWith(Magic)) throw new FormatException("it is not a NumPy file of version 1.0");
        var headerSize = BinaryPrimitives.ReadUInt16LittleEndian(file[Magic.Length..]);
        if (headerSize > file.Length - PreambleSize) throw new FormatException("its header is cut");
        var header = Encoding.Latin1.GetString(file.Slice(PreambleSize, headerSize));
        if (!header.Contains("'descr': '<f4'", StringComparison.Ordinal) || !header.Contains("'fortran_order': False", StringComparison.Ordinal))
            throw new FormatException("it is not little-endian float32 in C order");
        var shape = Shape().Match(header);
        if (!shape.Success
            || !int.TryParse(shape.Groups["rows"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
            || !int.TryParse(shape.Groups["columns"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var columns))
            throw new FormatException("it is not a matrix");
        var body = file[(PreambleSize + headerSize)..];
        if (rows == 0 || columns == 0 || body.Length != (long)rows * columns * sizeof(float))
            throw new FormatException($"it should hold {rows} x {columns} numbers and has {body.Length} bytes of them");
        return new NpyMatrix(rows, columns, MemoryMarshal.Cast<byte, float>(body).ToArray());
    }

    [GeneratedRegex(@"'shape': \((?<rows>\d{1,9}), (?<columns>\d{1,9})\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Shape();
}
