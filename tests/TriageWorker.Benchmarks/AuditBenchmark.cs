using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Store;

namespace TriageWorker.Benchmarks;

/// <summary>
/// The chain over a ledger of a million rows in a fresh embedded database: sealing all of it, finding nothing to seal, verifying,
/// exporting. Postgres runs beside it on the same processors.
/// </summary>
public static class AuditBenchmark
{
    private const int Rows = 1_000_000, QuickRows = 20_000, RowsPerTransaction = 10, Looks = 50;

    public static Benchmark Create() => new("audit", "sealing, verifying and exporting an audit ledger of a million rows", RunAsync);

    private static async Task RunAsync(BenchmarkContext context, CancellationToken stop)
    {
        var rows = context.Quick ? QuickRows : Rows;
        using var folder = new Testing.TemporaryFolder();
        await using var server = new EmbeddedPostgres(
            Options.Create(new DatabaseOptions { Embedded = new() { Data = folder.At("postgres") } }), TimeProvider.System, NullLogger<EmbeddedPostgres>.Instance);
        var source = NpgsqlDataSource.Create(await server.StartAsync(progress: null, stop) + ";Command Timeout=0");
        await new MigrationRunner(source).RunAsync(stop);
        await using var database = new Database(source, new OutboxSignal());
        context.Say(string.Create(CultureInfo.InvariantCulture, $"writing {rows} rows in transactions of {RowsPerTransaction}"));
        context.Report(new("audit.write", rows / (await TimeAsync(() => FillAsync(database, rows, stop))).TotalSeconds, "rows/s, inside the server, without waiting for the disk"));

        context.Say("sealing");
        var seals = new SealStore(database, NodeName.OfThisProcess);
        context.Report(new("audit.seal", rows / (await TimeAsync(async () => { while (await seals.SealNextAsync(stop) is not null) { } })).TotalSeconds, "rows/s"));
        var looks = new List<double>();
        for (var look = 0; look < Looks; look++) looks.Add((await TimeAsync(() => seals.SealNextAsync(stop))).TotalMilliseconds);
        context.Report(new("audit.look", BenchmarkContext.Median(looks), "ms to find nothing to seal"));

        context.Say("verifying");
        var verdict = default(LedgerVerdict);
        var before = PeakMemory();
        var took = await TimeAsync(async () => verdict = await new LedgerVerification(database, TimeSpan.FromHours(1)).RunAsync(heads: null, _ => { }, _ => { }, _ => { }, stop));
        if (verdict is not { IsSound: true }) throw new InvalidOperationException("The ledger does not verify.");
        context.Report(new("audit.verify", verdict.Rows / took.TotalSeconds, "rows/s"));
        context.Report(new("audit.verify.memory", (PeakMemory() - before) / 1048576.0, "MB that it added to the peak of this process"));

        context.Say("exporting");
        context.Report(new("audit.export", rows / (await TimeAsync(async () => await new LedgerExport(database).WriteAsync(Stream.Null, new(), _ => { }, _ => { }, stop))).TotalSeconds, "rows/s"));
        await using var connection = await database.OpenAsync(stop);
        context.Report(new("audit.size", await SizeAsync(connection, "audit", stop) / verdict.Rows, "bytes of ledger and its indexes a row"));
        context.Report(new("audit.size.seals", await SizeAsync(connection, "audit_seal", stop) / verdict.Rows, "bytes of seals a row"));
    }

    private static async Task FillAsync(Database database, int rows, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync("set synchronous_commit = off", [], stop); // the disk is not what is measured here
        await connection.ExecuteAsync(
            $$"""
            do $fill$ begin
              for i in 1..{{rows / RowsPerTransaction}} loop
                insert into audit (actor, event, study_uid, generation_id, detail)
                select 'worker-3:4711', 'decision.made', '2.25.3141592653589793238462643383279' || i, gen_random_uuid(),
                  jsonb_build_object('outcome', 'positive', 'flags', jsonb_build_array('free air'), 'policy', 'phantom-1', 'row', i * 10 + j)
                from generate_series(1, {{RowsPerTransaction}}) j;
                commit;
              end loop;
            end $fill$
            """, [], stop);
        await connection.ExecuteAsync("vacuum analyze audit", [], stop);
    }

    private static Task<double> SizeAsync(NpgsqlConnection connection, string table, CancellationToken stop) =>
        connection.FirstAsync("select pg_total_relation_size($1::regclass)::double precision", [table], row => row.GetDouble(0), stop);

    private static async Task<TimeSpan> TimeAsync(Func<Task> work)
    {
        var began = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(began);
    }

    private static long PeakMemory()
    {
        using var own = Process.GetCurrentProcess();
        return own.PeakWorkingSet64;
    }
}
