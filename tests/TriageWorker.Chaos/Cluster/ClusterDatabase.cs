using Npgsql;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Chaos;

/// <summary>Looks into the cluster's database beside the cluster, also while it is taken away again and again.</summary>
internal sealed class ClusterDatabase(string connectionString)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2), Look = TimeSpan.FromMilliseconds(200);

    // No pool: what a crash left in it would be met later.
    private readonly string _connectionString = connectionString + ";Pooling=false;Timeout=5;Command Timeout=20";

    public string ConnectionString => connectionString;

    /// <summary>Asks until the database answers.</summary>
    public async Task<List<T>> ListAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object?[] values)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var look = new PeriodicTimer(Look);
        while (true)
        {
            try
            {
                return await TryListAsync(sql, read, values);
            }
            catch (NpgsqlException away) when (away is not PostgresException || away.IsTransient || away.SqlState?.StartsWith("57", StringComparison.Ordinal) == true)
            {
                await look.WaitForNextTickAsync(patience.Token);
            }
        }
    }

    /// <summary>Asks once.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<List<T>> TryListAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object?[] values)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        return await connection.ListAsync(sql, values, read, CancellationToken.None);
    }

    public async Task<long> CountAsync(string sql, params object?[] values) => (await ListAsync(sql, row => row.GetInt64(0), values)).Single();

    public async Task ExecuteAsync(string sql, params object?[] values)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        await connection.ExecuteAsync(sql, values, CancellationToken.None);
    }

    /// <summary>Waits until a count is what it should be; looks whenever the cluster tells of a change, and now and then by itself.</summary>
    /// <exception cref="TimeoutException">With the count as it is.</exception>
    public async Task UntilAsync(string what, string sql, Predicate<long> fits, TimeSpan within, params object?[] values)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var count = await CountAsync(sql, values);
            if (fits(count)) return;
            if (TimeProvider.System.GetElapsedTime(began) > within) throw new TimeoutException($"Not within {within}: {what}; it is {count}.");
            await ChangeAsync(TimeSpan.FromMilliseconds(500));
        }
    }

    private async Task ChangeAsync(TimeSpan atMost)
    {
        using var deadline = new CancellationTokenSource(atMost);
        try
        {
            await using var connection = new NpgsqlConnection(_connectionString);
            await connection.OpenAsync(deadline.Token);
            await connection.ExecuteAsync("listen worklist", [], deadline.Token);
            await connection.WaitAsync(deadline.Token);
        }
        catch (Exception error) when (error is NpgsqlException or OperationCanceledException)
        {
            // Looked at again, whatever it was.
        }
    }
}
