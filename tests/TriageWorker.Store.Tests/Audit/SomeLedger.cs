using Npgsql;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Store.Tests.Audit;

/// <summary>A ledger in a database of its own, with who seals it, who tampers with it and who verifies it.</summary>
internal sealed class SomeLedger(string connectionString) : IAsyncDisposable
{
    public static readonly StudyUid Study = new("2.25.4711");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public string ConnectionString => connectionString;

    public Database Database { get; } = new(NpgsqlDataSource.Create(connectionString), new OutboxSignal());

    public SealStore Seals => new(Database, new NodeName("test:1"));

    public static async Task<SomeLedger> OnAsync(PostgresServer server) => new(await server.CreateDatabaseAsync());

    /// <summary>Adds so many rows, each in a transaction of its own.</summary>
    public async Task AppendAsync(int rows, string what = "test.happened")
    {
        for (var i = 0; i < rows; i++)
        {
            await using var transaction = await Database.BeginAsync(Stop);
            await AppendAsync(transaction, what, i);
            await transaction.CommitAsync(Stop);
        }
    }

    public static Task AppendAsync(DatabaseTransaction transaction, string what, int number = 0) =>
        AuditLedger.AppendAsync(transaction, new("tester", what, Study, new GenerationId(Guid.NewGuid()), new() { ["n"] = number, ["said"] = "Grüße „hier“ \\ \"dort\" 𝄞" }), Stop);

    /// <summary>Seals every row; waits where another database of the server holds it back for a moment.</summary>
    /// <param name="isHeld">The test itself holds it back: only what can be sealed is.</param>
    /// <returns>The newest seal.</returns>
    public async Task<Seal> SealAsync(int most = 5, bool isHeld = false)
    {
        while (true)
        {
            while (await Seals.SealNextAsync(most, Stop) is not null) { }
            var head = (await Seals.HeadAsync(Stop)).ShouldNotBeNull();
            if (isHeld || head.Total == (await ListAsync("select count(*) from audit", row => row.GetInt64(0))).Single()) return head;
            await Task.Delay(20, Stop);
        }
    }

    /// <summary>Rows under seals of five, all sealed.</summary>
    public static async Task<SomeLedger> SealedAsync(PostgresServer server, int rows = 23)
    {
        var ledger = await OnAsync(server);
        await ledger.AppendAsync(rows);
        await ledger.SealAsync();
        return ledger;
    }

    /// <summary>What the owner of the tables can always do.</summary>
    public async Task TamperAsync(string sql, params object?[] values)
    {
        await ExecuteAsync("alter table audit disable trigger all");
        await ExecuteAsync("alter table audit_seal disable trigger all");
        await ExecuteAsync(sql, values);
        await ExecuteAsync("alter table audit enable trigger all");
        await ExecuteAsync("alter table audit_seal enable trigger all");
    }

    public async Task ExecuteAsync(string sql, params object?[] values)
    {
        await using var connection = await Database.OpenAsync(Stop);
        await connection.ExecuteAsync(sql, values, Stop);
    }

    public async Task<List<T>> ListAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object?[] values)
    {
        await using var connection = await Database.OpenAsync(Stop);
        return await connection.ListAsync(sql, values, read, Stop);
    }

    public Task<List<Seal>> AllSealsAsync() => ListAsync($"select {Seal.Columns} from audit_seal order by seq", Seal.Read);

    /// <summary>The id of the row at a place of a seal, from 0.</summary>
    public async Task<long> IdUnderAsync(long seq, int place)
    {
        var seal = (await AllSealsAsync()).Single(seal => seal.Seq == seq);
        return (await ListAsync("select id from audit where (xid, id) between ($1::xid8, $2) and ($3::xid8, $4) order by xid, id", row => row.GetInt64(0),
            Seal.Xid(seal.First), seal.First.Id, Seal.Xid(seal.Last), seal.Last.Id))[place];
    }

    public async Task<(LedgerVerdict Verdict, List<LedgerFault> Faults)> VerifyAsync(HeadFile? heads = null, TimeSpan? overdueAfter = null)
    {
        var faults = new List<LedgerFault>();
        var verdict = await new LedgerVerification(Database, overdueAfter ?? TimeSpan.FromHours(1)).RunAsync(heads, _ => { }, _ => { }, faults.Add, Stop);
        verdict.Faults.ShouldBe(faults.Count);
        return (verdict, faults);
    }

    public async Task ShouldBeSoundAsync(HeadFile? heads = null)
    {
        var (verdict, faults) = await VerifyAsync(heads);
        faults.ShouldBeEmpty();
        verdict.Rows.ShouldBe((await ListAsync("select count(*) from audit", row => row.GetInt64(0))).Single());
    }

    public async ValueTask DisposeAsync() => await Database.DisposeAsync();
}
