using System.Buffers;
using System.Text;

namespace TriageWorker.Dicom.Text;

/// <summary>
/// What Specific Character Set (0008,0005) says: how bytes become characters (PS3.3, C.12.1.1.2; PS3.5, 6.1).
/// Decoding never fails: what cannot be read becomes a replacement character.
/// </summary>
public sealed class CharacterSet
{
    private const int HalfWidthJapanese = 932;

    /// <summary>What needs a character set to be read: bytes beyond ASCII, and the escape that chooses another one.</summary>
    private static readonly SearchValues<byte> BeyondAscii = SearchValues.Create([Iso2022.Escape, .. Enumerable.Range(0x80, 0x80).Select(value => (byte)value)]);

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Encoding? _encoding; // null: nothing was declared
    private readonly bool _extended;
    private readonly IReadOnlyList<string> _terms;

    private CharacterSet(Encoding? encoding, bool extended, IReadOnlyList<string> unknownTerms, IReadOnlyList<string>? terms = null, bool isMisspelt = false)
    {
        _terms = terms ?? [];
        IsMisspelt = isMisspelt;
        _encoding = encoding;
        _extended = extended;
        UnknownTerms = unknownTerms;
    }

    /// <summary>Nothing declared: ASCII by the standard; in real files UTF-8 if it is valid UTF-8, else Latin 1.</summary>
    public static CharacterSet Undeclared { get; } = new(null, extended: false, []);

    public static CharacterSet Utf8 { get; } = new(StrictUtf8, extended: false, []);

    /// <summary>Declared terms that neither the standard nor a usual misspelling of it knows; they are read as if undeclared.</summary>
    public IReadOnlyList<string> UnknownTerms { get; }

    /// <summary>Whether a term is understood that the standard writes otherwise, or does not have.</summary>
    internal bool IsMisspelt { get; }

    /// <summary>The set that the values of (0008,0005) name. The first may be empty; more than one means code extensions (ISO 2022).</summary>
    public static CharacterSet Of(IReadOnlyList<string> terms)
    {
        var unknown = terms.Where(term => term.Length > 0 && !CharacterSetTerms.IsKnown(term)).ToList();
        var first = terms.Count > 0 ? CharacterSetTerms.EncodingOf(terms[0]) : null;
        var extended = terms.Any(CharacterSetTerms.IsExtension);
        var isMisspelt = terms.Any(term => !CharacterSetTerms.IsDefined(term) && CharacterSetTerms.IsKnown(term));
        if (first is null && !extended) return unknown.Count > 0 || isMisspelt ? new(null, false, unknown, isMisspelt: isMisspelt) : Undeclared;
        return new CharacterSet(first is UTF8Encoding ? StrictUtf8 : first, extended, unknown, [.. terms.Select(CharacterSetTerms.NumberOf)], isMisspelt);
    }

    /// <summary>All values of an attribute as one text, backslashes between values.</summary>
    public string Decode(ReadOnlySpan<byte> bytes, DicomVR vr)
    {
        if (!bytes.ContainsAny(BeyondAscii)) return Encoding.ASCII.GetString(bytes);
        if (_extended || bytes.Contains(Iso2022.Escape)) return Iso2022.Decode(bytes, _encoding, vr == DicomVR.PN);
        return Decode(bytes, _encoding);
    }

    /// <summary>The bytes of a text; false when this set does not have all its characters.</summary>
    internal bool TryEncode(string text, DicomVR vr, out byte[] bytes)
    {
        if (!_extended)
        {
            if (_encoding is null || !TryGetBytes(_encoding, text, out bytes)) return Nothing(out bytes);
        }
        else
        {
            var extended = new List<byte>(text.Length);
            if (!new Iso2022Encoder(_encoding, _terms).TryEncode(text, vr == DicomVR.PN, extended)) return Nothing(out bytes);
            bytes = [.. extended];
        }
        return Decode(bytes, vr) == text || Nothing(out bytes); // nothing is written that would be read as something else
    }

    internal static bool TryGetBytes(Encoding encoding, string text, out byte[] bytes)
    {
        try
        {
            bytes = Encoding.GetEncoding(encoding.CodePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback).GetBytes(text);
            return encoding.CodePage != HalfWidthJapanese || bytes.Length == text.Length; // its code page has the kanji too, in two bytes
        }
        catch (EncoderFallbackException)
        {
            return Nothing(out bytes);
        }
    }

    private static bool Nothing(out byte[] bytes)
    {
        bytes = [];
        return false;
    }

    /// <summary>Whether this set is UTF-8, or the bytes are plain ASCII, which every set shares.</summary>
    internal bool IsUtf8For(ReadOnlySpan<byte> bytes) =>
        _encoding is UTF8Encoding || !bytes.ContainsAny(BeyondAscii);

    /// <summary>The first thing that <see cref="Decode(ReadOnlySpan{byte}, DicomVR)"/> has to guess. Nothing is decoded, and plain ASCII is passed over at once.</summary>
    internal TextFault FaultOf(ReadOnlySpan<byte> bytes, DicomVR vr)
    {
        if (!bytes.ContainsAny(BeyondAscii)) return TextFault.None;
        if (_extended) return Iso2022.FaultOf(bytes, _encoding, vr == DicomVR.PN, _terms);
        return bytes.Contains(Iso2022.Escape) ? TextFault.Escape : FaultOf(bytes, _encoding);
    }

    /// <summary>The same of text without escape sequences.</summary>
    internal static TextFault FaultOf(ReadOnlySpan<byte> bytes, Encoding? encoding) => encoding switch
    {
        null => bytes.ContainsAnyInRange((byte)0x80, (byte)0xFF) ? TextFault.Undeclared : TextFault.None,
        UTF8Encoding => System.Text.Unicode.Utf8.IsValid(bytes) ? TextFault.None : TextFault.NotUtf8,
        _ => TextFault.None,
    };

    internal static string Decode(ReadOnlySpan<byte> bytes, Encoding? encoding)
    {
        if (encoding is not null and not UTF8Encoding) return CodePageRepairs.Apply(encoding.GetString(bytes), encoding);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            // Latin 1 is what undeclared bytes mostly are; declared UTF-8 that is none shows its replacement characters.
            return (encoding is null ? Encoding.Latin1 : Encoding.UTF8).GetString(bytes);
        }
    }
}
