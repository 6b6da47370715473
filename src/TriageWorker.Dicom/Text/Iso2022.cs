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
        var runs = new Runs(bytes, initial, isName);
        while (runs.MoveNext())
        {
            if (runs.Chosen is null) text.Append(runs.IsDoubled ? DecodeJis(runs.Run, runs.Lower) : CharacterSet.Decode(runs.Run, runs.Upper));
        }
        return text.ToString();
    }

    /// <summary>The first thing that decoding has to guess.</summary>
    /// <param name="declared">The declared terms by their numbers.</param>
    internal static TextFault FaultOf(ReadOnlySpan<byte> bytes, Encoding? initial, bool isName, IReadOnlyList<string> declared)
    {
        var runs = new Runs(bytes, initial, isName);
        while (runs.MoveNext())
        {
            if (runs.Chosen is { } chosen)
            {
                if (chosen.Page != Ascii && !declared.Contains(chosen.Number)) return TextFault.Escape;
            }
            else if (runs.Run[0] == Escape) return TextFault.Escape; // of no set that we know
            else if (!runs.IsDoubled && CharacterSet.FaultOf(runs.Run, runs.Upper) is var fault and not TextFault.None) return fault;
        }
        return TextFault.None;
    }

    /// <summary>Tabulator, line feed, form feed, carriage return, backslash; in names also ^ and =.</summary>
    internal static bool EndsChoice(byte value, bool isName) =>
        value is 0x09 or 0x0A or 0x0C or 0x0D or (byte)'\\' || (isName && value is (byte)'^' or (byte)'=');

    /// <summary>Seven-bit JIS as the EUC form that the code page knows: JIS X 0208 with both high bits, JIS X 0212 with the first.</summary>
    private static string DecodeJis(ReadOnlySpan<byte> bytes, int set)
    {
        var euc = new byte[bytes.Length];
        for (var i = 0; i < bytes.Length; i++)
            euc[i] = (byte)(set == JisX0208 || i % 2 == 0 ? bytes[i] | 0x80 : bytes[i]);
        return CharacterSetTerms.CodePage(JisX0208).GetString(euc);
    }

    /// <summary>Walks text from one change of what its bytes mean to the next.</summary>
    private ref struct Runs(ReadOnlySpan<byte> bytes, Encoding? initial, bool isName)
    {
        private readonly Encoding? _initial = initial;
        private ReadOnlySpan<byte> _rest = bytes;

        internal int Lower { get; private set; } = Ascii;

        internal Encoding? Upper { get; private set; } = initial;

        /// <summary>What the run chooses, when it is an escape sequence.</summary>
        internal Designation? Chosen { get; private set; }

        internal ReadOnlySpan<byte> Run { get; private set; }

        /// <summary>Whether characters have two bytes, none of which delimits anything.</summary>
        internal readonly bool IsDoubled => Lower is JisX0208 or JisX0212;

        internal bool MoveNext()
        {
            if (_rest.IsEmpty) return false;
            Chosen = _rest[0] == Escape ? ChosenBy(_rest[1..]) : null;
            var length = Chosen is null ? LengthOfText() : 1 + Chosen.Sequence.Length;
            Run = _rest[..length];
            _rest = _rest[length..];
            return true;
        }

        private Designation? ChosenBy(ReadOnlySpan<byte> rest)
        {
            foreach (var designation in Designations)
            {
                if (!rest.StartsWith(designation.Sequence)) continue;
                if (designation.IsUpper) Upper = CharacterSetTerms.CodePage(designation.Page);
                else Lower = designation.Page;
                return designation;
            }
            return null;
        }

        /// <summary>A delimiter alone, which ends the choice; else the bytes up to the next escape or delimiter, at least one.</summary>
        private int LengthOfText()
        {
            if (EndsChoiceHere(_rest[0]))
            {
                (Lower, Upper) = (Ascii, _initial);
                return 1;
            }
            var at = 1;
            while (at < _rest.Length && _rest[at] != Escape && !EndsChoiceHere(_rest[at])) at++;
            return at;
        }

        private readonly bool EndsChoiceHere(byte value) => (!IsDoubled || value < 0x20) && EndsChoice(value, isName);
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
