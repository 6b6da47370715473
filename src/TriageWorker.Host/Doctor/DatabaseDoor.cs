using Npgsql;
using TriageWorker.Host.Administration;
using TriageWorker.Store;

namespace TriageWorker.Host.Doctor;

/// <summary>A database that answers.</summary>
/// <param name="Folder">Where the embedded server keeps its data; null for a site's own.</param>
internal sealed record OpenDatabase(Database Database, Version Version, SchemaState Schema, string Address, string? Folder);

/// <summary>The one way of all checks to the database: it is opened once, and whoever finds it shut says nothing, since <see cref="DatabaseCheck"/> says why.</summary>
/// <param name="within">How long it may take to open.</param>
internal sealed class DatabaseDoor(DatabaseOptions options, TimeSpan within) : IAsyncDisposable
{
    private readonly Lock _opening = new();
    private Task<OpenDatabase>? _open;

    public TimeSpan Within => within;

    public bool IsEmbedded => string.IsNullOrWhiteSpace(options.ConnectionString);

    /// <summary>Null when it is shut.</summary>
    public async Task<OpenDatabase?> TryOpenAsync()
    {
        try
        {
            return await OpenAsync();
        }
        catch (Exception shut) when (IsShut(shut))
        {
            return null;
        }
    }

    /// <summary>Null when it is shut, or lacks a part of this version's schema.</summary>
    public async Task<Database?> TryOpenLaidAsync() => await TryOpenAsync() is { Schema.Pending.Count: 0 } open ? open.Database : null;

    public async Task<OpenDatabase> OpenAsync()
    {
        lock (_opening) _open ??= Task.Run(ConnectAsync);
        return await _open.WaitAsync(within);
    }

    public static bool IsShut(Exception fault) => fault is NpgsqlException or EmbeddedPostgresException or TimeoutException or OperationCanceledException or ArgumentException;

    public async ValueTask DisposeAsync()
    {
        if (_open is { IsCompletedSuccessfully: true } open) await (await open).Database.DisposeAsync();
    }

    private async Task<OpenDatabase> ConnectAsync()
    {
        using var deadline = new CancellationTokenSource(within);
        var running = IsEmbedded ? await RunningServer.FindAsync(options.Embedded, deadline.Token) : null;
        var source = NpgsqlDataSource.Create(ProductDatabase.Restrained(running?.ConnectionString ?? options.ConnectionString!));
        try
        {
            await using var connection = await source.OpenConnectionAsync(deadline.Token);
            return new OpenDatabase(new Database(source, new OutboxSignal()), connection.PostgreSqlVersion, await SchemaState.ReadAsync(connection, deadline.Token),
                $"{connection.Host}:{connection.Port}, database {connection.Database}", running?.Folder);
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }
}
