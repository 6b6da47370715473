using System.Diagnostics;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Store.Tests.Retention;

/// <summary>A process that removes a study's images and kills itself at a step, which leaves it no time for anything.</summary>
internal static class SweepingProcess
{
    public static async Task RunUntilKilledAsync(string connection, string spool, StudyUid study, string step)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["sweep", connection, spool, study.Value, step]) { RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(137, said); // 128 + SIGKILL
    }

    /// <summary>The child's side.</summary>
    public static async Task<int> RunAsync(string connection, string spool, string study, string step)
    {
        await using var database = new Database(Npgsql.NpgsqlDataSource.Create(connection), new OutboxSignal());
        using var swept = SweptSpool.TryOpen(new SpoolOptions { Folder = spool })!;
        var sweep = new SpoolSweep(new RemovalStore(database, NodeName.OfThisProcess), swept, reached =>
        {
            if (reached == Enum.Parse<SweepStep>(step)) Process.GetCurrentProcess().Kill(); // SIGKILL
        });
        var before = await new RetentionStore(database).BeforeAsync(TimeSpan.FromDays(30), CancellationToken.None);
        await sweep.RemoveAsync(new StudyUid(study), before, "they are older than 30 days", CancellationToken.None);
        return 0;
    }
}
