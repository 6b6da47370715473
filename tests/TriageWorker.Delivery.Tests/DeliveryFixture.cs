using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriageWorker.Bus;
using TriageWorker.Delivery.Tests.Documents;
using TriageWorker.Dicom;
using TriageWorker.Phantoms;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Delivery.Tests;

/// <summary>The delivery role over a real database and spool, driven claim by claim.</summary>
public sealed class DeliveryFixture(PostgresServer server) : PostgresFixture(server), IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    internal string Spool => _folder.At("spool");

    /// <summary>An installation with these settings; <c>Destinations:0:Name</c> and so on.</summary>
    internal Installation Install(params (string Key, string Value)[] settings) => Install(Installation.NeverDown, settings);

    internal Installation Install(BreakerPolicy breaker, params (string Key, string Value)[] settings)
    {
        var configuration = Configuration([("Spool:Folder", Spool), ("Spool:MinimumFreeBytes", "0"), .. settings.Reverse().DistinctBy(setting => setting.Key)]); // the last one said holds
        var services = new ServiceCollection();
        AddTo(services);
        var log = new ConcurrentQueue<(LogLevel, string)>();
        services.AddLogging(logging => logging.AddProvider(new LogLines(log)));
        services.AddOptions<BusOptions>();
        services.AddStore(configuration).AddDelivery(configuration);
        return new Installation(services.BuildServiceProvider(), log) { Breaker = breaker };
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>One composition of store and delivery.</summary>
internal sealed class Installation(ServiceProvider services, IEnumerable<(LogLevel Level, string Text)> log) : IAsyncDisposable
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The usual one here, as the tests of a class share their database.</summary>
    internal static BreakerPolicy NeverDown { get; } = new() { OpensAfter = 1000 };

    internal required BreakerPolicy Breaker { get; init; }

    /// <summary>What it has logged so far.</summary>
    internal IEnumerable<(LogLevel Level, string Text)> Log => log;

    internal T Get<T>() where T : notnull => services.GetRequiredService<T>();

    /// <summary>A small phantom study, received and closed.</summary>
    internal async Task<StudyUid> ArriveAsync()
    {
        var images = PhantomDicom.Images(Phantom.Draw(new PhantomSpec { Seed = 3, Slices = 3, Matrix = 32 }, cancellation: Stop),
            new PhantomWriteOptions { Identity = Guid.NewGuid().ToString() }).ToList();
        var study = new StudyUid(images[0].Dataset.GetString(DicomTag.StudyInstanceUID)!);
        await Get<IndexStore>().CommitAsync(new IndexBatch([], [.. images.Select(image => Keep(study, image.Dataset))]), Stop);
        await using var claim = await ClaimAsync(Stage.Closing);
        await Get<ClosingStore>().CloseAsync(claim.Work, "Closed by the test.", Stop);
        return study;
    }

    /// <summary>Files that an association brought whose caller's originals go on to these destinations; then their study is closed.</summary>
    internal async Task<StudyUid> ArriveAsync(IReadOnlyList<DicomFile> files, params string[] forwardTo)
    {
        var study = new StudyUid(files[0].Dataset.GetString(DicomTag.StudyInstanceUID)!);
        var association = new AssociationArrival(Guid.NewGuid(), "CT1", "TRIAGE", "127.0.0.1", TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1), files.Count, 0, 0, AssociationEnding.Released) { ForwardTo = forwardTo };
        await Get<IndexStore>().CommitAsync(new IndexBatch([association], [.. files.Select(file => Keep(study, file) with { AssociationId = association.Id })]), Stop);
        await using var claim = await ClaimAsync(Stage.Closing);
        await Get<ClosingStore>().CloseAsync(claim.Work, "Closed by the test.", Stop);
        return study;
    }

    /// <summary>A study that has arrived and been scored by a model that is no demonstration.</summary>
    internal async Task<StudyUid> ScoredAsync()
    {
        var study = await ArriveAsync();
        await ScoreAsync(study, demonstration: false);
        return study;
    }

    /// <summary>Commits scores for all images of the study, with one flag.</summary>
    /// <param name="risksFollow">The package computes its risks after the urgent work.</param>
    internal async Task ScoreAsync(StudyUid study, bool demonstration, double freeAir = 0.1234, bool risksFollow = false)
    {
        var scores = Sample.Scores(freeAir, package: Sample.Package with { Demonstration = demonstration, Id = "p" });
        if (risksFollow) scores = scores with { Risks = [], RisksFollow = true };
        var policy = new Policy("site", "3", "p", Sample.Policy.Approved, new string('b', 64));
        var instances = await Get<StudyStore>().InstancesAsync(study, null, Stop);
        var generation = await Get<GenerationStore>().FindOrAddAsync(new NewGeneration(study, scores.Package, instances[0].Series,
            [.. instances.Select(instance => new GenerationInput(instance.Sop.Value, Convert.ToHexStringLower(instance.Digest)))]), Stop);
        await using var claim = await ClaimAsync(Stage.Scoring);
        await Get<OutcomeStore>().CommitAsync(claim.Work, new ScoredGeneration(generation.Id, scores, new float[4], new byte[32],
            new Dictionary<string, double>(), "CPU", "test", new Dictionary<string, double>(), policy.Decide(scores), policy), Stop);
    }

    /// <summary>The risks that follow are computed.</summary>
    internal async Task AddRisksAsync()
    {
        await using var claim = await ClaimAsync(Stage.Scoring);
        (await Get<AdditionStore>().AddAsync(claim.Work, new(DeferredWork.GenerationOf(claim.Key), Sample.Scores().Risks, new byte[32], "CPU", "test", new Dictionary<string, double>()), Stop)).ShouldBeTrue();
    }

    /// <summary>A late image makes a new generation, which is scored.</summary>
    internal async Task ScoreAgainAsync(StudyUid study, double freeAir)
    {
        await LateImageAsync(study);
        await ScoreAsync(study, demonstration: false, freeAir);
    }

    /// <summary>One more image opens the study, and it is closed again.</summary>
    internal async Task LateImageAsync(StudyUid study)
    {
        var late = PhantomDicom.Images(Phantom.Draw(new PhantomSpec { Seed = 4, Slices = 1, Matrix = 32 }, cancellation: Stop)).First().Dataset
            .Set(DicomTag.StudyInstanceUID, study.Value).Set(DicomTag.SOPInstanceUID, DicomUid.NewRandom());
        await Get<IndexStore>().CommitAsync(new IndexBatch([], [Keep(study, late)]), Stop);
        await using var claim = await ClaimAsync(Stage.Closing);
        await Get<ClosingStore>().CloseAsync(claim.Work, "Closed again by the test.", Stop);
    }

    internal async Task NotAnalysedAsync(string because = "the images are localizers (scouts).", bool demonstration = false)
    {
        await using var claim = await ClaimAsync(Stage.Scoring);
        await Get<OutcomeStore>().CommitAsync(claim.Work, new Outcome.NotAnalysed(because), demonstration, pageOnly: false, Stop);
    }

    /// <summary>Runs what is due for delivery, at most so many times, whatever time it waits for.</summary>
    internal async Task DeliverAsync(int times = 1)
    {
        var work = Get<DeliverNextDue>();
        for (var i = 0; i < times; i++)
        {
            await using var claim = await ClaimAsync(Stage.Delivery);
            if (claim.Work.Exhausted) await work.GiveUpAsync(claim, claim.Work.LastError!, Stop);
            else await work.RunAsync(claim, Stop);
        }
    }

    /// <summary>The role as a process runs it, with settings of its own; disposing stops it.</summary>
    internal StageLoop Loop(BusOptions options, string node) => new(Get<DeliverNextDue>(), Get<IOptions<DeliveryOptions>>().Value.Slots,
        new WorkQueue(Get<Database>(), new NodeName(node), Options.Create(options), TimeProvider.System), new StageSignals(), new UidHash(), Options.Create(options), TimeProvider.System,
        new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance), new StuckWork(Get<AlarmStore>(), [], TimeProvider.System, NullLogger<StuckWork>.Instance), Get<ILogger<StageLoop>>());

    /// <summary>Makes what waits for its next attempt due now, and what was done due again.</summary>
    internal async Task MakeDueAsync(StudyUid study)
    {
        await using var connection = await Get<Database>().OpenAsync(Stop);
        await connection.ExecuteAsync("update work set due_at = now(), state = 'due' where study_uid = $1 and stage = 'delivery'", [study.Value], Stop);
    }

    /// <summary>Leaves what waits for its next attempt to nobody.</summary>
    internal async Task GiveUpAsync(StudyUid study)
    {
        await using var connection = await Get<Database>().OpenAsync(Stop);
        await connection.ExecuteAsync("update work set state = 'done' where study_uid = $1 and stage = 'delivery'", [study.Value], Stop);
    }

    internal async Task<List<(string Destination, string Document, string State, string? Because)>> DeliveriesAsync(StudyUid study)
    {
        await using var connection = await Get<Database>().OpenAsync(Stop);
        return await connection.ListAsync("select destination, document, state, because from delivery where study_uid = $1 order by created_at, destination, document",
            [study.Value], row => (row.GetString(0), row.GetString(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3)), Stop);
    }

    internal async Task<List<string>> AuditAsync(StudyUid study)
    {
        await using var connection = await Get<Database>().OpenAsync(Stop);
        return await connection.ListAsync("select event from audit where study_uid = $1 and event like 'delivery.%' order by id", [study.Value], row => row.GetString(0), Stop);
    }

    /// <summary>The delivery work; how long it waits is counted from its last change.</summary>
    internal async Task<List<(string State, string? LastError, TimeSpan Waits)>> WorkAsync(StudyUid study)
    {
        await using var connection = await Get<Database>().OpenAsync(Stop);
        return await connection.ListAsync("select state, last_error, due_at - changed_at from work where study_uid = $1 and stage = 'delivery'", [study.Value],
            row => (row.GetString(0), row.TextOrNull(1), row.GetTimeSpan(2)), Stop);
    }

    /// <summary>The frozen bytes of the study's documents.</summary>
    internal async Task<List<byte[]?>> ContentAsync(StudyUid study)
    {
        await using var connection = await Get<Database>().OpenAsync(Stop);
        return await connection.ListAsync("select content from delivery where study_uid = $1 order by created_at", [study.Value],
            row => row.IsDBNull(0) ? null : row.GetFieldValue<byte[]>(0), Stop);
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();

    private async Task<Claim> ClaimAsync(Stage stage) =>
        await new WorkQueue(Get<Database>(), new NodeName("test"), Options.Create(new BusOptions { Breaker = Breaker }), TimeProvider.System).ClaimAsync(stage, Get<IOptions<DeliveryOptions>>().Value.MaxAttempts, Stop)
        ?? throw new InvalidOperationException($"Nothing is due for {stage}.");

    private InstanceArrival Keep(StudyUid study, DicomDataset image) => Keep(study, new DicomFile(image));

    private InstanceArrival Keep(StudyUid study, DicomFile file)
    {
        var image = file.Dataset;
        var bytes = Sample.Bytes(file);
        var digest = SHA256.HashData(image.ToBytes(file.TransferSyntax));
        return new InstanceArrival(new(image.GetString(DicomTag.SOPInstanceUID)!), digest, new StudyArrival(study, "CT1", OrderClass.Routine, TimeSpan.Zero),
            new SeriesArrival(new(image.GetString(DicomTag.SeriesInstanceUID)!), "CT", null), DicomUid.CTImageStorage, file.TransferSyntax.Uid,
            Get<Spool>().KeepOwn(bytes, digest), bytes.Length, null, DateTimeOffset.UnixEpoch);
    }
}
