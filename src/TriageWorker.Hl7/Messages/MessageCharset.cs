using System.Buffers;
using System.Text;

namespace TriageWorker.Hl7;

/// <summary>The bytes of a message as text, by the character set that it names in MSH-18 (HL7 table 0211).</summary>
public static class MessageCharset
{
    private const int CharacterSetField = 18;

    /// <summary>
    /// Reads a message from its bytes. Without MSH-18 the bytes are read as UTF-8 if they are valid UTF-8, else as
    /// ISO 8859-1, which is what senders that say nothing send.
    /// </summary>
    public static Hl7Reading Read(ReadOnlySequence<byte> bytes)
    {
        // MSH itself is ASCII in every set that is allowed here, so a first look finds MSH-18.
        var latin = Encoding.Latin1.GetString(bytes);
        if (Hl7Message.Parse(latin) is not Hl7Reading.Read(var message)) return Hl7Message.Parse(latin);
        var name = message.Header[CharacterSetField].Text;
        try
        {
            var encoding = name is "" ? null : Find(name);
            if (name is not "" && encoding is null) return new Hl7Reading.Malformed($"MSH-18 names the character set {Shown(name)}, which is not read here.");
            return Hl7Message.Parse((encoding ?? Strict(Encoding.UTF8)).GetString(bytes));
        }
        catch (DecoderFallbackException)
        {
            return name is "" ? new Hl7Reading.Read(message) : new Hl7Reading.Malformed($"The message holds bytes that are not {Shown(name)}, which MSH-18 names.");
        }
    }

    /// <summary>The bytes of a message, in the set that its MSH-18 names; UTF-8 when it names none.</summary>
    /// <exception cref="ArgumentException">The set is not known, or cannot write the message's text.</exception>
    public static byte[] Write(Hl7Message message)
    {
        var name = message.Header[CharacterSetField].Text;
        var encoding = name is "" ? Strict(Encoding.UTF8) : Find(name) ?? throw new ArgumentException($"MSH-18 names the character set {Shown(name)}, which is not written here.", nameof(message));
        try
        {
            return encoding.GetBytes(message.ToString());
        }
        catch (EncoderFallbackException error)
        {
            throw new ArgumentException($"The message has letters that {Shown(name)}, which MSH-18 names, does not have.", nameof(message), error);
        }
    }

    private static Encoding? Find(string name) => name switch
    {
        "ASCII" => Strict(Encoding.ASCII),
        "UNICODE UTF-8" or "UTF-8" => Strict(Encoding.UTF8),
        "8859/1" => Strict(Encoding.Latin1),
        "8859/2" or "8859/3" or "8859/4" or "8859/5" or "8859/6" or "8859/7" or "8859/8" or "8859/9" or "8859/15" =>
            CodePagesEncodingProvider.Instance.GetEncoding($"iso-8859-{name[5..]}", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback),
        _ => null,
    };

    private static Encoding Strict(Encoding encoding) => Encoding.GetEncoding(encoding.CodePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);

    // A peer's word in a log line: short and printable.
    private static string Shown(string name) => new([.. name.Take(20).Select(letter => char.IsControl(letter) ? '?' : letter)]);
}
