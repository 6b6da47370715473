using System.Buffers.Text;
using System.Globalization;
using System.Text;
using TriageWorker.Store;

namespace TriageWorker.Web;

/// <summary>A place in the list as a page's address holds it. It names a rank, not a count, so a page neither skips nor repeats a study when the list moves.</summary>
internal static class WorklistPosition
{
    public static string Write(WorklistCursor cursor) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"{(cursor.Stat ? 1 : 0)} {cursor.RankKey.UtcTicks} {cursor.Study.Value}")));

    /// <summary>False for what this never wrote.</summary>
    public static bool TryRead(string text, out WorklistCursor? cursor)
    {
        cursor = null;
        Span<byte> bytes = stackalloc byte[128];
        if (text.Length > 128 || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var written)) return false;
        if (Encoding.UTF8.GetString(bytes[..written]).Split(' ') is not ["0" or "1", var ticks, { Length: > 0 } study] parts) return false;
        if (study.Any(char.IsControl)) return false; // no such UID is stored, and the database takes no NUL
        if (!long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var key) || key > DateTimeOffset.MaxValue.UtcTicks) return false;
        cursor = new(parts[0] == "1", new DateTimeOffset(key, TimeSpan.Zero), new(study));
        return true;
    }
}
