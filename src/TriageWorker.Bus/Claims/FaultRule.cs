using System.Net.Sockets;
using System.Text;
using Npgsql;
using TriageWorker.Store;

namespace TriageWorker.Bus;

/// <summary>One line of what is known about faults: which they are, and what another attempt may hope for.</summary>
/// <param name="What">The fault as a clause for people: "the database is away or busy".</param>
/// <param name="Covers">Whether an exception is such a fault.</param>
public sealed record FaultRule(string What, Prospect Prospect, Func<Exception, bool> Covers)
{
    /// <summary>The same for all that the rule covers; null: one for each type of exception.</summary>
    public string? Cause { get; init; }

    public LaneNews Lane { get; init; }

    /// <summary>The world's faults pass, a mistake in the program stays, and what nobody thought of is tried a little.</summary>
    public static IReadOnlyList<FaultRule> Usual { get; } =
    [
        new("the database is away or busy", Prospect.Passing, fault => fault is NpgsqlException error && IsAway(error)) { Cause = "database" },
        new("a time limit passed", Prospect.Passing, fault => fault is TimeoutException or OperationCanceledException) { Cause = "time-limit" },
        new("memory ran out", Prospect.Passing, fault => fault is OutOfMemoryException) { Cause = "memory" },
        new("a file or folder may not be used", Prospect.NeedsSomebody, fault => fault is UnauthorizedAccessException) { Cause = "permission" },
        new("a file or a connection failed", Prospect.Passing, fault => fault is IOException or SocketException) { Cause = "io" },
        new("the data or the program is at fault", Prospect.ForGood, fault => fault is NpgsqlException or ArgumentException or NullReferenceException
            or IndexOutOfRangeException or InvalidCastException or KeyNotFoundException or FormatException or InvalidDataException or ArithmeticException
            or NotSupportedException or NotImplementedException or System.Diagnostics.UnreachableException or System.Text.Json.JsonException),
    ];

    /// <summary>For what no rule covers.</summary>
    internal static FaultRule Unknown { get; } = new("a fault that nobody has thought of", Prospect.Unclear, _ => true);

    internal WorkFault Of(Exception error) => new(Prospect, $"{error.GetType().Name}: {error.Message}", Cause ?? Slug(error.GetType().Name),
        Cause is null ? $"{What} ({error.GetType().Name})" : What) { Lane = Lane };

    // Without an answer of the server it is the way to it; with one, its class says whether it was the server's state (PostgreSQL, appendix A).
    private static bool IsAway(NpgsqlException error) =>
        error is not PostgresException answered || answered.IsTransient || answered.SqlState[..2] is "08" or "40" or "53" or "55" or "57" or "58";

    // InvalidDataException: invalid-data-exception
    private static string Slug(string type)
    {
        var slug = new StringBuilder();
        foreach (var letter in type.Where(char.IsAsciiLetterOrDigit))
        {
            if (char.IsAsciiLetterUpper(letter) && slug.Length > 0 && slug[^1] != '-') slug.Append('-');
            slug.Append(char.ToLowerInvariant(letter));
        }

        return slug.Length == 0 ? "unknown" : slug.ToString();
    }
}
