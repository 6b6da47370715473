using Npgsql;

namespace TriageWorker.Store;

/// <summary>One connection and one transaction on it. State, audit row and outgoing token are written through the same one.</summary>
public sealed class DatabaseTransaction : IAsyncDisposable
{
    private readonly NpgsqlTransaction _transaction;
    private readonly OutboxSignal _outbox;
    private readonly List<Action> _afterCommit = [];

    internal DatabaseTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction, OutboxSignal outbox)
    {
        Connection = connection;
        _transaction = transaction;
        _outbox = outbox;
    }

    public NpgsqlConnection Connection { get; }

    /// <summary>Set by whoever writes a token, so that the publisher is woken once it is committed.</summary>
    internal bool HasTokens { get; set; }

    /// <summary>Runs it once the transaction is committed, and never if it is not: figures count what happened.</summary>
    internal void AfterCommit(Action told) => _afterCommit.Add(told);

    public async Task CommitAsync(CancellationToken stop)
    {
        await _transaction.CommitAsync(stop);
        if (HasTokens) _outbox.Wake();
        foreach (var told in _afterCommit) told();
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
