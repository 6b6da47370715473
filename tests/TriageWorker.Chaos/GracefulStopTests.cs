using TriageWorker.Testing;

namespace TriageWorker.Chaos;

/// <summary>SIGTERM to a worker in every state it may be in: it ends well and within its time, and leaves nothing leased behind.</summary>
public sealed class GracefulStopTests(RabbitMqFixture broker, PostgresServer server) : IClassFixture<RabbitMqFixture>, IClassFixture<PostgresServer>, IAsyncLifetime
{
    // After the second the association itself gives its silent peer up, and so would end any stop.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2), PeersOwnTimeout = TimeSpan.FromSeconds(50);
    private ChaosCluster? _cluster;

    private ChaosCluster Cluster => _cluster!;

    private RoleProcess Worker => Cluster.Workers[0];

    public async ValueTask InitializeAsync()
    {
        _cluster = await ChaosCluster.MakeAsync(broker, server);
        await Task.WhenAll(Cluster.Intake.StartAsync(), Cluster.Jobs.StartAsync(), Worker.StartAsync());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Cluster.Processes.Where(process => process.TookToStop > TimeSpan.Zero))
            Figures.Say($"graceful stop of {process.Name}: {process.TookToStop.TotalSeconds:0.0} s. {TestContext.Current.TestCase?.TestCaseDisplayName.Split('.')[^1].Replace('_', ' ')}");
        await Cluster.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_worker_that_is_idle_ends_at_once() => await StopWellAsync();

    [Fact]
    public async Task A_worker_that_scores_finishes_or_hands_back_and_the_study_is_scored_by_the_next()
    {
        var study = await ScoringAsync();
        await Worker.SignalAsync("TERM");
        await Worker.SignalAsync("CONT");
        await StopWellAsync();

        await Worker.StartAsync();
        await DecidedAsync(study);
    }

    [Fact]
    public async Task A_worker_whose_peer_never_answers_hands_its_delivery_back_and_the_next_sends_the_same_bytes()
    {
        Cluster.Receiver.Hang();
        var study = await PushAsync();
        (await Cluster.Receiver.NextAsync(Patience)).ShouldBeTrue();
        await StopWellAsync();

        Cluster.Receiver.Resume();
        await Worker.StartAsync();
        await Cluster.Database.UntilAsync("the document is delivered", "select count(*) from delivery where study_uid = $1 and state = 'delivered'", count => count == 1, Patience, study);
        var held = Cluster.Receiver.Documents.Values.ShouldHaveSingleItem();
        held.ShouldSatisfyAllConditions(document => document.Arrivals.ShouldBe(2), document => document.Differs.ShouldBeFalse());
    }

    [Fact]
    public async Task A_worker_that_outlives_its_lease_is_refused_by_the_fence()
    {
        var study = await ScoringAsync(); // and now it is frozen
        await Cluster.Workers[1].StartAsync();
        await DecidedAsync(study);

        var dropped = Worker.HearAsync(line => line.Contains("its outcome was dropped", StringComparison.Ordinal));
        await Worker.SignalAsync("CONT");
        await dropped;
        await Cluster.Database.UntilAsync("it is delivered", "select count(*) from delivery where study_uid = $1 and state = 'delivered'", count => count == 1, Patience, study);
        (await Cluster.Database.CountAsync("select count(*) from result r join generation g on g.id = r.generation_id where g.study_uid = $1", study)).ShouldBe(1);
        (await Cluster.Database.CountAsync("select count(*) from audit where event = 'decision.made' and study_uid = $1", study)).ShouldBe(1);
        Cluster.Receiver.Documents.Values.ShouldHaveSingleItem().Arrivals.ShouldBe(1);
        await StopWellAsync();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_worker_whose_database_is_away_ends_all_the_same_and_its_lease_runs_out(bool hangs)
    {
        var study = await ScoringAsync();
        if (hangs) await server.PauseAsync();
        else await server.CrashAsync("QUIT");
        var node = Worker.Node;
        await Worker.SignalAsync("CONT");
        (await Worker.StopAsync()).ShouldBe(0, Worker.Tail());

        if (hangs) await server.ResumeAsync();
        else await server.StartAsync();
        await Worker.StartAsync();
        await DecidedAsync(study);
        await NothingIsLeasedAsync(node);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_worker_whose_broker_is_away_ends_all_the_same(bool hangs)
    {
        if (hangs) await broker.PauseAsync();
        else await broker.KillAsync();
        var study = await PushAsync();
        await DecidedAsync(study); // by looking; the tokens wait
        await StopWellAsync();

        if (hangs) await broker.ResumeAsync();
        else await broker.StartAsync();
        await Worker.StartAsync();
        await Cluster.Database.UntilAsync("the tokens leave", "select count(*) from outbox", count => count == 0, Patience);
    }

    [Fact]
    public async Task A_second_signal_does_not_wait_for_running_work_but_hands_it_back_at_once()
    {
        var patient = Cluster.Process("patient worker", "scoring,delivery", ("Bus:FinishWithin", "00:10:00"));
        await using (patient)
        {
            await Worker.StopAsync();
            await patient.StartAsync();
            Cluster.Receiver.Hang();
            await PushAsync();
            (await Cluster.Receiver.NextAsync(Patience)).ShouldBeTrue();

            var stopping = patient.HearAsync(line => line.Contains("Stopping", StringComparison.Ordinal));
            await patient.SignalAsync("TERM");
            await stopping;
            patient.IsRunning.ShouldBeTrue();
            await patient.SignalAsync("TERM");

            (await patient.EndedAsync().WaitAsync(PeersOwnTimeout)).ShouldBe(0, patient.Tail());
            patient.Log.ShouldContain(line => line.Contains("is handed back at shutdown", StringComparison.Ordinal), patient.Tail());
            await NothingIsLeasedAsync(patient.Node);
        }
    }

    [Fact]
    public async Task A_listener_with_an_association_that_says_nothing_ends_all_the_same()
    {
        await using var open = await Dicom.Network.DicomAssociation.RequestAsync(
            new Dicom.Network.AssociationRequest { Host = "127.0.0.1", Port = Cluster.Scanner.Port, CalledAe = "TRIAGE", CallingAe = "IDLE" }, CancellationToken.None);
        (await Cluster.Intake.StopAsync()).ShouldBe(0, Cluster.Intake.Tail());
        open.IsOpen.ShouldBeFalse();
    }

    [Fact]
    public async Task A_process_that_is_stopped_while_it_starts_ends_well()
    {
        await using var early = Cluster.Process("early", "scoring,delivery,jobs");
        early.Launch();
        await early.HearAsync(line => line.Contains("Model phantom", StringComparison.Ordinal));
        (await early.StopAsync()).ShouldBe(0, early.Tail());
    }

    [Fact]
    public async Task A_worker_that_is_stopped_as_soon_as_it_runs_ends_at_once_every_time()
    {
        for (var round = 0; round < 3; round++)
        {
            await Worker.StopAsync();
            Worker.TookToStop.ShouldBeLessThan(ChaosCluster.FinishWithin + TimeSpan.FromSeconds(45), Worker.Tail());
            await Worker.StartAsync();
        }

        await StopWellAsync();
    }

    private async Task<string> PushAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await Cluster.Scanner.PushAsync(Guid.NewGuid().ToString("N"), 2, () => Task.CompletedTask, patience.Token);
    }

    /// <summary>Pushes studies until the worker is caught, and stopped (SIGSTOP), with one of them in hand.</summary>
    private async Task<string> ScoringAsync()
    {
        while (true)
        {
            var study = await PushAsync();
            using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            while (await look.WaitForNextTickAsync())
            {
                var states = await Cluster.Database.ListAsync("select state from work where study_uid = $1 and stage = 'scoring'", row => row.GetString(0), study);
                if (states is ["done"]) break;
                if (states is not ["leased"]) continue;
                await Worker.SignalAsync("STOP");
                if (await LeasedAsync(Worker.Node) > 0) return study;
                await Worker.SignalAsync("CONT");
                break;
            }
        }
    }

    private async Task StopWellAsync()
    {
        var node = Worker.Node;
        (await Worker.StopAsync()).ShouldBe(0, Worker.Tail());
        await NothingIsLeasedAsync(node);
    }

    private async Task NothingIsLeasedAsync(string node) => (await LeasedAsync(node)).ShouldBe(0, $"{node} has left leased rows behind:\n{Worker.Tail()}");

    private Task<long> LeasedAsync(string node) => Cluster.Database.CountAsync("select count(*) from work where starts_with(lease_owner, $1)", node);

    private Task DecidedAsync(string study) =>
        Cluster.Database.UntilAsync("the study is decided", "select count(*) from decision where study_uid = $1", count => count == 1, Patience, study);
}
