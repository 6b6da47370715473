using System.Text;

namespace TriageWorker.Dicom.Text;

/// <summary>
/// Text with code extensions (PS3.5, 6.1.2.5; ISO/IEC 2022): escape sequences choose what the lower (G0) and the upper (G1)
/// half of the byte values mean. The choice ends at a backslash, a line end and, in names, at ^ and =.
/// </summary>
internal static class Iso2022
{
    internal const byte Escape = 0x1B;

    private const int JisX0208 = 20932, JisX0212 = -20932, JisX0201 = 932, KsX1001 = 51949, Gb2312 = 936, Ascii = 20127;

    private static readonly (byte[] Sequence, bool Upper, int Page)[] Designations =
    [
        ([0x28, 0x42], false, Ascii), ([0x28, 0x4A], false, JisX0201), ([0x29, 0x49], true, JisX0201),
        ([0x24, 0x42], false, JisX0208), ([0x24, 0x40], false, JisX0208), ([0x24, 0x28, 0x44], false, JisX0212),
        ([0x24, 0x29, 0x43], true, KsX1001), ([0x24, 0x29, 0x41], true, Gb2312),
        ([0x2D, 0x41], true, 28591), ([0x2D, 0x42], true, 28592), ([0x2D, 0x43], true, 28593), ([0x2D, 0x44], true, 28594),
        ([0x2D, 0x4C], true, 28595), ([0x2D, 0x47], true, 28596), ([0x2D, 0x46], true, 28597), ([0x2D, 0x48], true, 28598),
        ([0x2D, 0x4D], true, 28599), ([0x2D, 0x62], true, 28605), ([0x2D, 0x54], true, 874),
    ];

    /// <param name="initial">What the upper half means before any escape sequence (value 1 of the attribute); null: undeclared.</param>
    internal static string Decode(ReadOnlySpan<byte> bytes, Encoding? initial, bool isName)
    {
        var text = new StringBuilder(bytes.Length);
        var lower = Ascii;
        var upper = initial;
        while (!bytes.IsEmpty)
        {
            if (bytes[0] == Escape && TryDesignate(bytes[1..], ref lower, ref upper, out var used))
            {
                bytes = bytes[(1 + used)..];
                continue;
            }
            var doubled = lower is JisX0208 or JisX0212;
            if (!doubled && EndsChoice(bytes[0], isName))
            {
                text.Append((char)bytes[0]);
                (lower, upper) = (Ascii, initial);
                bytes = bytes[1..];
                continue;
            }
            var run = LengthOfRun(bytes, doubled, isName);
            text.Append(doubled ? DecodeJis(bytes[..run], lower) : CharacterSet.Decode(bytes[..run], upper));
            bytes = bytes[run..];
        }
        return text.ToString();
    }

    private static bool TryDesignate(ReadOnlySpan<byte> rest, ref int lower, ref Encoding? upper, out int used)
    {
        foreach (var (sequence, isUpper, page) in Designations)
        {
            if (!rest.StartsWith(sequence)) continue;
            if (isUpper) upper = CharacterSetTerms.CodePage(page);
            else lower = page;
            used = sequence.Length;
            return true;
        }
        used = 0;
        return false;
    }

    /// <summary>Tabulator, line feed, form feed, carriage return, backslash; in names also ^ and =.</summary>
    private static bool EndsChoice(byte value, bool isName) =>
        value is 0x09 or 0x0A or 0x0C or 0x0D or (byte)'\\' || (isName && value is (byte)'^' or (byte)'=');

    /// <summary>Bytes up to the next escape or delimiter, at least one. A delimiter's value may be the second half of a character.</summary>
    private static int LengthOfRun(ReadOnlySpan<byte> bytes, bool doubled, bool isName)
    {
        var at = 1;
        while (at < bytes.Length && bytes[at] != Escape)
        {
            if (!doubled && EndsChoice(bytes[at], isName)) break;
            at++;
        }
        return at;
    }

    /// <summary>Seven-bit JIS as the EUC form that the code page knows: JIS X 0208 with both high bits, JIS X 0212 with the first.</summary>
    private static string DecodeJis(ReadOnlySpan<byte> bytes, int set)
    {
        var euc = new byte[bytes.Length];
        for (var i = 0; i < bytes.Length; i++)
            euc[i] = (byte)(set == JisX0208 || i % 2 == 0 ? bytes[i] | 0x80 : bytes[i]);
        return CharacterSetTerms.CodePage(JisX0208).GetString(euc);
    }
}
