using Npgsql;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Intake.Tests;

/// <summary>A database that really is stopped while scanners push, and comes back.</summary>
public sealed class LongOutageTests
{
    private const int Few = 100, Many = 400, MiB = 1024 * 1024;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_the_database_is_stopped_the_backlog_grows_on_disk_alone_and_gets_its_rows_when_it_returns()
    {
        await using var server = new PostgresServer();
        await server.InitializeAsync();
        await using var postgres = new PostgresFixture(server);
        await postgres.InitializeAsync();
        using var folder = new TemporaryFolder();
        var study = SomeFiles.WriteLarge(folder.At("study"), Many, MiB / 4);
        using var listener = await ListenerProcess.StartAsync(postgres.ConnectionString, folder.At("spool"));
        await using (var first = await DicomAssociation.RequestAsync(listener.Call(study.Files), Stop))
        {
            (await first.StoreAsync(study.Files[0], Stop)).ShouldBe(DimseStatus.Success);
            await first.ReleaseAsync(Stop);
        }

        await postgres.InstancesAsync(study.Study, 1);
        await Rows.UntilAsync(_ => Task.FromResult(Sealed(folder) == 0)); // the listener knows that it has its row
        await server.StopAsync();

        await using (var during = await DicomAssociation.RequestAsync(listener.Call(study.Files), Stop))
        {
            foreach (var file in study.Files.Take(Few)) (await during.StoreAsync(file, Stop)).ShouldBe(DimseStatus.Success);
            var few = listener.PeakMemory;
            foreach (var file in study.Files.Skip(Few)) (await during.StoreAsync(file, Stop)).ShouldBe(DimseStatus.Success);
            await during.ReleaseAsync(Stop);
            (listener.PeakMemory - few).ShouldBeLessThan(40 * MiB); // and the files that came meanwhile have 75
        }

        Sealed(folder).ShouldBe(Many);
        await server.StartAsync();
        await Rows.UntilAsync(async _ => await RowsAsync(postgres, study.Study) == Many);
        await Rows.UntilAsync(_ => Task.FromResult(Sealed(folder) == 0));
    }

    /// <summary>Objects that wait for their row.</summary>
    private static int Sealed(TemporaryFolder folder) =>
        Directory.EnumerateFiles(folder.At("spool", "incoming"), "*.part", SearchOption.AllDirectories).Count(file => new FileInfo(file) is { Exists: true, Length: > 0 });

    /// <returns>None while the connections of before the stop are being found out.</returns>
    private static async Task<long> RowsAsync(PostgresFixture postgres, string study)
    {
        try
        {
            return await postgres.CountAsync("select count(*) from instance where study_uid = $1", study);
        }
        catch (NpgsqlException)
        {
            return 0;
        }
    }
}
