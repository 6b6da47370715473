using System.Globalization;
using Npgsql;

namespace TriageWorker.Store;

/// <summary>
/// Times as the chain writes them: UTC with exactly six decimals, <c>2026-01-31T08:00:00.000000Z</c>. What no calendar of ours
/// holds (infinity, put there by hand) is <c>@</c> and PostgreSQL's own number, so that each value has one text.
/// </summary>
internal static class LedgerTime
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    private static readonly DateTime Zero = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc); // PostgreSQL counts microseconds from here

    private static readonly long
        Least = (DateTime.MinValue.Ticks - Zero.Ticks) / TimeSpan.TicksPerMicrosecond,
        Most = (DateTime.MaxValue.Ticks - Zero.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static string Read(NpgsqlDataReader row, int column) => Text(row.GetFieldValue<long>(column));

    public static string Text(long microseconds) => microseconds >= Least && microseconds <= Most
        ? Zero.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond).ToString(Format, CultureInfo.InvariantCulture)
        : $"@{microseconds.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Null for what no calendar of ours holds.</summary>
    public static DateTimeOffset? Parse(string text) =>
        DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
