using Npgsql;

namespace TriageWorker.Store;

/// <summary>How a database's schema stands to this version of the product; only looked at.</summary>
/// <param name="Pending">Steps of this version that the database lacks.</param>
/// <param name="Unknown">Steps of the database that this version does not know, or knows otherwise.</param>
public sealed record SchemaState(IReadOnlyList<Migration> Pending, IReadOnlyList<string> Unknown)
{
    /// <summary>The newest step that both have; null when there is none.</summary>
    public Migration? At { get; private init; }

    public static async Task<SchemaState> ReadAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        var isLaid = await connection.FirstAsync("select to_regclass('schema_migration') is not null", [], row => row.GetBoolean(0), stop);
        var applied = isLaid
            ? await connection.ListAsync("select number, name, checksum from schema_migration order by number", [],
                row => new { Number = row.GetInt32(0), Name = row.GetString(1), Checksum = row.GetFieldValue<byte[]>(2) }, stop)
            : [];
        var known = Migration.Shipped.Where(step => applied.Any(row => row.Number == step.Number && row.Checksum.AsSpan().SequenceEqual(step.Checksum))).ToArray();
        return new SchemaState(
            [.. Migration.Shipped.Where(step => applied.All(row => row.Number != step.Number))],
            [.. applied.Where(row => known.All(step => step.Number != row.Number)).Select(row => row.Name)]) { At = known.LastOrDefault() };
    }

    /// <summary>Why the two do not fit together, and what to do; null when they do.</summary>
    public string? Fault => this switch
    {
        { Unknown.Count: > 0 } => $"The database has {string.Join(", ", Unknown)}, which this version does not know: use the version that the product runs, or a newer one.",
        { Pending.Count: > 0 } => $"The database's schema lacks {string.Join(", ", Pending.Select(step => step.Name))}: triage migrate brings it up, and triage run does too.",
        _ => null,
    };
}
