using System.Text;

namespace TriageWorker.Dicom.Text;

/// <summary>
/// Text with code extensions (PS3.5, 6.1.2.5; ISO/IEC 2022): escape sequences choose what the lower (G0) and the upper (G1)
/// half of the byte values mean. The choice ends at a backslash, a line end and, in names, at ^ and =.
/// </summary>
internal static class Iso2022
{
    internal const byte Escape = 0x1B;

    private const int JisX0208 = 20932, JisX0212 = -20932, JisX0201 = 932, KsX1001 = 949, Gb2312 = 936, Ascii = 20127;

    private static readonly Designation[] Designations =
    [
        new("6", [0x28, 0x42], false, Ascii), new("13", [0x29, 0x49], true, JisX0201), new("13", [0x28, 0x4A], false, JisX0201),
        new("87", [0x24, 0x42], false, JisX0208), new("87", [0x24, 0x40], false, JisX0208), new("159", [0x24, 0x28, 0x44], false, JisX0212),
        new("149", [0x24, 0x29, 0x43], true, KsX1001), new("58", [0x24, 0x29, 0x41], true, Gb2312),
        new("100", [0x2D, 0x41], true, 28591), new("101", [0x2D, 0x42], true, 28592), new("109", [0x2D, 0x43], true, 28593), new("110", [0x2D, 0x44], true, 28594),
        new("144", [0x2D, 0x4C], true, 28595), new("127", [0x2D, 0x47], true, 28596), new("126", [0x2D, 0x46], true, 28597), new("138", [0x2D, 0x48], true, 28598),
        new("148", [0x2D, 0x4D], true, 28599), new("203", [0x2D, 0x62], true, 28605), new("166", [0x2D, 0x54], true, 874),
    ];

    /// <summary>The sets that a term brings, the usual escape sequence first.</summary>
    internal static IEnumerable<Designation> DesignationsOf(string number) => Designations.Where(each => each.Number == number && each.Page != Ascii);

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
            if (doubled ? bytes[0] < 0x20 && EndsChoice(bytes[0], isName) : EndsChoice(bytes[0], isName))
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

    /// <summary>Tabulator, line feed, form feed, carriage return, backslash; in names also ^ and =.</summary>
    internal static bool EndsChoice(byte value, bool isName) =>
        value is 0x09 or 0x0A or 0x0C or 0x0D or (byte)'\\' || (isName && value is (byte)'^' or (byte)'=');

    private static bool TryDesignate(ReadOnlySpan<byte> rest, ref int lower, ref Encoding? upper, out int used)
    {
        foreach (var designation in Designations)
        {
            if (!rest.StartsWith(designation.Sequence)) continue;
            if (designation.IsUpper) upper = CharacterSetTerms.CodePage(designation.Page);
            else lower = designation.Page;
            used = designation.Sequence.Length;
            return true;
        }
        used = 0;
        return false;
    }

    /// <summary>Bytes up to the next escape or delimiter, at least one. A delimiter's value may be half of a character of two bytes.</summary>
    private static int LengthOfRun(ReadOnlySpan<byte> bytes, bool doubled, bool isName)
    {
        var at = 1;
        while (at < bytes.Length && bytes[at] != Escape)
        {
            if (doubled ? bytes[at] < 0x20 : EndsChoice(bytes[at], isName)) break;
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

    /// <summary>What an escape sequence chooses.</summary>
    /// <param name="Number">ISO-IR number, as the defined terms have it.</param>
    /// <param name="Sequence">What follows the escape character.</param>
    /// <param name="IsUpper">G1, else G0.</param>
    internal sealed record Designation(string Number, byte[] Sequence, bool IsUpper, int Page)
    {
        /// <summary>Adds the bytes of a character; false when the set does not have it.</summary>
        internal bool TryEncode(Rune rune, List<byte> bytes)
        {
            if (!CharacterSet.TryGetBytes(CharacterSetTerms.CodePage(Math.Abs(Page)), rune.ToString(), out var encoded)) return false;
            var fits = Page switch
            {
                JisX0208 => encoded is [>= 0xA1, >= 0xA1],
                JisX0212 => encoded is [>= 0xA1, < 0x80],
                KsX1001 => encoded is [>= 0xA1, >= 0xA1],
                Gb2312 => encoded is [>= 0xA1 and <= 0xF7, >= 0xA1], // the code page has more: GBK
                JisX0201 => IsUpper && encoded is [>= 0xA1 and <= 0xDF],
                _ => encoded is [>= 0xA0],
            };
            if (!fits) return false;
            foreach (var value in encoded) bytes.Add(IsUpper ? value : (byte)(value & 0x7F));
            return true;
        }
    }
}
