using Npgsql;

namespace TriageWorker.Store;

/// <summary>
/// The one way to the database. It exists before the server does: whoever asks waits until the schema is in place, so
/// that no part of the process has to start in a certain order.
/// </summary>
public sealed class Database(OutboxSignal outbox) : IAsyncDisposable
{
    private readonly TaskCompletionSource<NpgsqlDataSource> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Opens a database whose schema is in place already.</summary>
    public Database(NpgsqlDataSource source, OutboxSignal outbox) : this(outbox) => BecomeReady(source);

    public bool IsReady => _ready.Task.IsCompletedSuccessfully;

    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken stop)
    {
        var source = await SourceAsync(stop);
        return await source.OpenConnectionAsync(stop);
    }

    /// <summary>Read committed. Dispose without commit rolls back.</summary>
    public async ValueTask<DatabaseTransaction> BeginAsync(CancellationToken stop)
    {
        var connection = await OpenAsync(stop);
        try
        {
            return new DatabaseTransaction(connection, await connection.BeginTransactionAsync(stop), outbox);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The pool itself, for libraries that bring their own SQL.</summary>
    public Task<NpgsqlDataSource> SourceAsync(CancellationToken stop) => _ready.Task.WaitAsync(stop);

    public async ValueTask DisposeAsync()
    {
        if (!_ready.TrySetCanceled() && _ready.Task.IsCompletedSuccessfully) await (await _ready.Task).DisposeAsync();
    }

    internal void BecomeReady(NpgsqlDataSource source) => _ready.SetResult(source);
}
