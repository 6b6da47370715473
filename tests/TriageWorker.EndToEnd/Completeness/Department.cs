using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriageWorker.Bus;
using TriageWorker.Dicom.Network;
using TriageWorker.Dicom;
using TriageWorker.Imaging.Decoding;
using TriageWorker.Intake;
using TriageWorker.Jobs;
using TriageWorker.Models.Sessions;
using TriageWorker.Scoring;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.EndToEnd.Completeness;

/// <summary>
/// Listeners, a database, closing and scoring, with time in the test's hand: database time is the only clock that completeness knows, so a
/// second passes by moving everything that is stored a second into the past. What is due then is done.
/// </summary>
internal sealed class Department : IAsyncDisposable
{
    private static readonly string[] s_times =
    [
        "update study set last_indexed_at = last_indexed_at - $1, first_received_at = first_received_at - $1, last_received_at = last_received_at - $1, open_since = open_since - $1, closed_at = closed_at - $1",
        "update series set closed_at = closed_at - $1, considered_at = considered_at - $1",
        "update decision set decided_at = decided_at - $1",
        "update work set due_at = due_at - $1, urgency = urgency - $1",
    ];

    private readonly PostgresFixture _postgres;
    private readonly TemporaryFolder _folder = new();
    private readonly List<WebApplication> _listeners = [];
    private readonly WarmModels _models;
    private readonly ImageCache _cache;
    private readonly NodeDoors _doors;
    private readonly ScoreStudy _scoring;
    private readonly ClosingWork _closing;
    private readonly FrameDecoder _decoder = new(TimeSpan.FromSeconds(30), TimeProvider.System);
    private readonly WorkQueue _queue;

    private Department(PostgresFixture postgres)
    {
        _postgres = postgres;
        var role = Options.Create(new ScoringRoleOptions { Packages = [new() { Folder = TinyPackage.Write(_folder.At("package"), threshold: 2) }], Cache = new() { Folder = _folder.At("cache") } });
        var spool = Options.Create(new SpoolOptions { Folder = Spool });
        _models = new WarmModels(role, NullLogger<ScoringModel>.Instance);
        (_cache, _doors) = (new ImageCache(role, TimeProvider.System), new NodeDoors(role, spool, TimeProvider.System));
        var images = new StudyImages(_cache, _doors, postgres.Get<SpoolNodeStore>(), spool, role, NullLogger<StudyImages>.Instance);
        var reader = new StudyReader(postgres.Get<StudyStore>(), postgres.Get<GenerationStore>(), postgres.Get<SelectionStore>(), _decoder, images, role);
        var waits = new ImageWaits(postgres.Database, postgres.Get<ImageWaitStore>(), role);
        var deferred = new ScoreDeferred(reader, images, waits, _decoder, _models, postgres.Get<AdditionStore>(), role, TimeProvider.System, NullLogger<ScoreDeferred>.Instance);
        _scoring = new ScoreStudy(reader, images, waits, _decoder, _models, postgres.Get<GenerationStore>(), postgres.Get<OutcomeStore>(), deferred, role, TimeProvider.System, NullLogger<ScoreStudy>.Instance);
        _closing = new ClosingWork(postgres.Get<ClosingStore>(), NullLogger<ClosingWork>.Instance);
        _queue = new WorkQueue(postgres.Database, NodeName.OfThisProcess, Options.Create(new BusOptions()), TimeProvider.System);
    }

    public TemporaryFolder Folder => _folder;

    private string Spool => _folder.At("spool");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <param name="listeners">Nodes that listen, each on a port of its own, over one spool.</param>
    public static async Task<Department> OpenAsync(PostgresFixture postgres, int listeners = 1)
    {
        var department = new Department(postgres);
        await postgres.Get<StackNeedStore>().SayAsync("tiny", new StackNeed("CT", department._models.All[0].Needs.MinCoverageMm, department._models.All[0].Needs.MaxSpacingMm), Stop);
        for (var node = 0; node < listeners; node++) department._listeners.Add(await ListenAsync(postgres, department.Spool));
        return department;
    }

    public AssociationRequest Call(string caller, int node = 0) =>
        new() { Host = "127.0.0.1", Port = _listeners[node].Services.GetRequiredService<IntakeEndpoint>().Address.Port, CalledAe = "TRIAGE", CallingAe = caller };

    public Task<DicomAssociation> ConnectAsync(string caller, IEnumerable<string> files, int node = 0) =>
        DicomAssociation.RequestAsync(Call(caller, node) with { Contexts = [.. AssociationRequest.For(DicomUid.StorageCommitmentPushModel), .. AssociationRequest.ForFiles(files).Select(Behind)] }, Stop);

    /// <summary>One association with these files, whose rows and whose end are in the database when this returns.</summary>
    public async Task PushAsync(string caller, params string[] files)
    {
        var before = await CountAsync("select count(*) from association where calling_ae = $1 and ended_at is not null", caller);
        await using (var association = await ConnectAsync(caller, files))
        {
            foreach (var file in files) (await association.StoreAsync(file, Stop)).ShouldBe(DimseStatus.Success);
            await association.ReleaseAsync(Stop);
        }

        await UntilAsync(async () => await CountAsync("select count(*) from association where calling_ae = $1 and ended_at is not null", caller) > before);
    }

    /// <summary>Asks for commitment to these files over an association of its own.</summary>
    public async Task AskForCommitmentAsync(string caller, params string[] files)
    {
        var before = await CountAsync("select count(*) from association where calling_ae = $1 and ended_at is not null", caller);
        await using (var association = await ConnectAsync(caller, files))
        {
            SopReference[] references = [.. files.Select(Part10Head.Read).Select(head => new SopReference(head.SopClassUid, head.SopInstanceUid))];
            (await association.RequestCommitmentAsync(new CommitmentRequest(DicomUid.NewRandom(), references), Stop)).ShouldBe(DimseStatus.Success);
            await association.ReleaseAsync(Stop);
        }

        await UntilAsync(async () => await CountAsync("select count(*) from association where calling_ae = $1 and ended_at is not null", caller) > before);
    }

    /// <summary>Time passes, a second at a time, and whatever becomes due is done.</summary>
    public async Task PassAsync(double seconds)
    {
        await SettleAsync();
        for (; seconds > 0; seconds--)
        {
            foreach (var sql in s_times) await ExecuteAsync(sql, TimeSpan.FromSeconds(Math.Min(1, seconds)));
            await SettleAsync();
        }
    }

    /// <summary>Does what is due now.</summary>
    public async Task SettleAsync()
    {
        while (await RunNextAsync(_closing) || await RunNextAsync(_scoring))
        {
        }
    }

    public Task<long> GenerationsAsync(string study) => CountAsync("select count(*) from generation where study_uid = $1", study);

    public Task<long> DecisionsAsync(string study) => CountAsync("select count(*) from decision where study_uid = $1", study);

    public async Task<bool> IsClosedAsync(string study) => await CountAsync("select count(*) from study where study_uid = $1 and closed_at is not null", study) == 1;

    public async Task<List<string>> EvidenceAsync(string study) => [.. (await _postgres.Get<StudyPageStore>().FindAsync(new StudyUid(study), Stop))!.Evidence.Select(line => line.Sentence)];

    public async Task<long> CountAsync(string sql, params object[] values)
    {
        await using var connection = await _postgres.Database.OpenAsync(Stop);
        return await connection.FirstAsync(sql, values, row => row.GetInt64(0), Stop);
    }

    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var connection = await _postgres.Database.OpenAsync(Stop);
        await connection.ExecuteAsync(sql, values, Stop);
    }

    /// <summary>Until all of the images have their rows.</summary>
    public Task IndexedAsync(string study, int images) => UntilAsync(async () => await CountAsync("select images::bigint from study where study_uid = $1", study) >= images);

    public static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await isSo()) await look.WaitForNextTickAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners)
        {
            await listener.StopAsync(Stop);
            await listener.DisposeAsync();
        }

        _models.Dispose();
        _doors.Dispose();
        _cache.Dispose();
        _decoder.Dispose();
        _folder.Dispose();
    }

    private static ProposedContext Behind(ProposedContext context) => context with { Id = (byte)(context.Id + 2) };

    private async Task<bool> RunNextAsync(IStageWork work)
    {
        await using var claim = await _queue.ClaimAsync(work.Stage, work.Retry.MaxAttempts, Stop);
        if (claim is null) return false;
        try
        {
            await work.RunAsync(claim, Stop);
        }
        catch (LeaseLostException)
        {
            // An image came meanwhile: it is looked at again.
        }

        return true;
    }

    private static async Task<WebApplication> ListenAsync(PostgresFixture postgres, string spool)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(
        [
            new("Database:ConnectionString", postgres.ConnectionString), new("Spool:Folder", spool), new("Spool:MinimumFreeBytes", "0"), new("Intake:Port", "0"),
        ]);
        builder.WebHost.UseKestrelCore().UseUrls();
        builder.Services.AddStore(builder.Configuration);
        builder.Services.AddIntake();
        var host = builder.Build();
        await host.StartAsync(Stop);
        return host;
    }
}
