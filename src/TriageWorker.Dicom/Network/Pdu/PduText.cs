using System.Buffers;
using System.Text;

namespace TriageWorker.Dicom.Network;

/// <summary>The short texts of PDUs and command sets: UIDs and AE titles in the default repertoire, padded with NUL or space.</summary>
internal static class PduText
{
    /// <summary>PS3.5, 9: a UID has at most 64 characters, digits and dots.</summary>
    public const int MaxUidLength = 64;

    private static readonly SearchValues<char> s_uidLetters = SearchValues.Create("0123456789.");
    private static readonly SearchValues<byte> s_uidCharacters = SearchValues.Create("0123456789."u8);

    public static string Trimmed(ReadOnlySpan<byte> bytes)
    {
        var text = bytes.Trim(" \0"u8);
        // A control character or a foreign byte would travel into logs: it becomes '?'.
        return string.Create(text.Length, text, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = from[i] is >= 0x20 and < 0x7F ? (char)from[i] : '?';
        });
    }

    public static bool IsUid(string text) => text.Length is > 0 and <= MaxUidLength && !text.AsSpan().ContainsAnyExcept(s_uidLetters);

    public static bool TryUid(ReadOnlySpan<byte> bytes, out string uid)
    {
        uid = "";
        var text = bytes.Trim(" \0"u8);
        if (text.IsEmpty || text.Length > MaxUidLength || text.ContainsAnyExcept(s_uidCharacters)) return false;
        uid = Encoding.ASCII.GetString(text);
        return true;
    }
}
