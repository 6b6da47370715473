namespace TriageWorker.Hl7;

/// <summary>The encoding characters that a message declares in MSH-1 and MSH-2 (HL7 2.5.1, 2.5.4).</summary>
public readonly record struct Delimiters(char Field, char Component, char Repetition, char Escape, char Subcomponent)
{
    /// <summary>The recommended characters: <c>|^~\&amp;</c></summary>
    public static Delimiters Standard { get; } = new('|', '^', '~', '\\', '&');

    /// <summary>MSH-2 as it is written.</summary>
    public string EncodingCharacters => $"{Component}{Repetition}{Escape}{Subcomponent}";

    /// <summary>Reads the declaration after <c>MSH</c>. A fifth encoding character (truncation, since 2.7) is allowed and has no effect.</summary>
    /// <param name="header">The header segment from its first character.</param>
    internal static bool TryRead(ReadOnlySpan<char> header, out Delimiters delimiters)
    {
        delimiters = default;
        const int nameLength = 3, required = 4;
        if (header.Length < nameLength + 1 + required) return false;
        var field = header[nameLength];
        var declared = header[(nameLength + 1)..];
        var end = declared.IndexOf(field);
        if (end >= 0) declared = declared[..end];
        if (declared.Length is not (required or required + 1)) return false;

        Span<char> all = [field, .. declared];
        for (var i = 0; i < all.Length; i++)
            if (!char.IsAscii(all[i]) || !(char.IsPunctuation(all[i]) || char.IsSymbol(all[i])) || all[(i + 1)..].Contains(all[i]))
                return false;
        delimiters = new(field, declared[0], declared[1], declared[2], declared[3]);
        return true;
    }
}
