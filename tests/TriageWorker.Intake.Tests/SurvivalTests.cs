using System.Diagnostics;
using Npgsql;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Intake.Tests;

public sealed class SurvivalTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_the_database_is_away_images_are_kept_and_when_it_returns_they_get_their_rows()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 11);
        var direct = new NpgsqlConnectionStringBuilder(postgres.ConnectionString);
        await using var gate = new Gate(direct.Port);
        var throughGate = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Host = "127.0.0.1", Port = gate.Port };
        await using var intake = await RunningIntake.StartAsync(throughGate.ConnectionString, folder.At("spool"));
        (await intake.PushAsync(study.Files.Take(1), Stop)).ShouldBe([DimseStatus.Success]);
        await postgres.InstancesAsync(study.StudyInstanceUid, 1);

        gate.Shut();
        (await intake.PushAsync(study.Files.Skip(1), Stop)).ShouldAllBe(status => status.IsSuccess);
        await intake.Log.LineAsync("Received files wait for the database");
        gate.Open();
        (await postgres.InstancesAsync(study.StudyInstanceUid, 4)).Count.ShouldBe(4);
        await postgres.AssociationEndedAsync(2);
    }

    [Fact]
    public async Task A_listener_that_is_killed_in_the_middle_of_a_push_loses_no_image_it_acknowledged()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 12, slices: 40);
        var acknowledged = new List<string>();
        using (var listener = await ListenerProcess.StartAsync(postgres.ConnectionString, folder.At("spool")))
        {
            await using var association = await DicomAssociation.RequestAsync(
                new AssociationRequest { Host = "127.0.0.1", Port = listener.Port, CalledAe = "TRIAGE", CallingAe = "CT1", Contexts = AssociationRequest.ForFiles(study.Files) }, Stop);
            var error = await Should.ThrowAsync<DicomNetworkException>(async () =>
            {
                foreach (var file in study.Files)
                {
                    (await association.StoreAsync(file, Stop)).ShouldBe(DimseStatus.Success);
                    acknowledged.Add(Part10Head.Read(file).SopInstanceUid);
                    if (acknowledged.Count == 25) listener.Kill();
                }
            });
            error.IsRetryWorthwhile.ShouldBeTrue();
        }

        acknowledged.Count.ShouldBe(25);
        await using var next = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"));
        var rows = await postgres.InstancesAsync(study.StudyInstanceUid, acknowledged.Count);
        acknowledged.ShouldBeSubsetOf(rows.Select(row => row.Sop.Value));
        foreach (var row in rows)
        {
            var sent = study.Files.Single(file => Part10Head.Read(file).SopInstanceUid == row.Sop.Value);
            SomeFiles.DataSet(folder.At("spool", row.Path)).AsSpan().SequenceEqual(SomeFiles.DataSet(sent)).ShouldBeTrue();
        }
    }
}

/// <summary>A listener in a process of its own, which is this test executable started with <see cref="Verb"/>.</summary>
internal sealed class ListenerProcess : IDisposable
{
    public const string Verb = "--be-a-listener";

    private readonly Process _process;

    private ListenerProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public static async Task<ListenerProcess> StartAsync(string connection, string spool)
    {
        var process = ExternalTool.Start(Environment.ProcessPath!, [Verb, connection, spool]);
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        return new ListenerProcess(process, int.Parse(line!, System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>The child's side: says its port and listens until it is killed.</summary>
    public static async Task<int> RunAsync(string connection, string spool)
    {
        await using var intake = await RunningIntake.StartAsync(connection, spool);
        Console.WriteLine(intake.Port);
        await Task.Delay(Timeout.InfiniteTimeSpan);
        return 0;
    }
}
