using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Bus;
using TriageWorker.Dicom;
using TriageWorker.Imaging.Decoding;
using TriageWorker.Models.Sessions;
using TriageWorker.Phantoms;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Scoring.Tests;

/// <summary>A database, a spool on disk and the role over them; a test puts files into the spool and lets one claim run.</summary>
public sealed class ScoringFixture(PostgresServer server) : PostgresFixture(server), IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public string Spool => _folder.At("spool");

    public string Cache => _folder.At("cache");

    /// <summary>The role with a package that fires from a threshold on; null approves nothing.</summary>
    internal RunningRole Role(double? threshold, bool demonstration = true, string version = "1.0.0", int maxAttempts = 3) =>
        Role([TinyPackage.Write(_folder.At($"tiny-{threshold}-{demonstration}-{version}"), threshold, demonstration, version)], maxAttempts);

    /// <summary>The role with several packages.</summary>
    /// <param name="policy">The site's, of each of them; null leaves it to the package's own.</param>
    internal RunningRole Role(IReadOnlyList<string> packages, int maxAttempts = 3, string? policy = null) => new(this, packages, maxAttempts, policy);

    public WorkQueue Queue { get => field ??= new WorkQueue(Database, new NodeName("test"), Options.Create(new BusOptions()), TimeProvider.System); private set; }

    /// <summary>A phantom of 6 mm slices, as the receiver would have stored it.</summary>
    public Task<StudyUid> ArriveAsync(PhantomSpec spec) =>
        ArriveAsync([.. PhantomDicom.Images(Phantom.Draw(spec, cancellation: Stop), new PhantomWriteOptions { Identity = Guid.NewGuid().ToString() }).Select(i => new DicomFile(i.Dataset))]);

    public static PhantomSpec SmallPhantom(PhantomKind kind = PhantomKind.Abdomen, int slices = 20) =>
        new() { Seed = 5, Kind = kind, Slices = slices, Matrix = 64, SliceSpacing = 6 };

    /// <summary>Puts files into the spool, makes them known and closes the study, so that scoring is due.</summary>
    /// <param name="damage">Changes the bytes of a file by its number.</param>
    public async Task<StudyUid> ArriveAsync(IReadOnlyList<DicomFile> files, Func<int, byte[], byte[]>? damage = null)
    {
        Directory.CreateDirectory(Spool);
        var study = new StudyUid(files[0].Dataset.GetString(DicomTag.StudyInstanceUID)!);
        await Get<IndexStore>().CommitAsync(new IndexBatch([], [.. files.Select((file, n) => Store(study, file, bytes => damage?.Invoke(n, bytes) ?? bytes))]), Stop);
        await CloseAsync(study);
        return study;
    }

    /// <summary>The same of files that another node holds.</summary>
    public async Task<StudyUid> ArriveElsewhereAsync(Guid node, int slices = 3)
    {
        Directory.CreateDirectory(Spool);
        DicomFile[] files = [.. PhantomDicom.Images(Phantom.Draw(SmallPhantom(slices: slices), cancellation: Stop), new PhantomWriteOptions { Identity = Guid.NewGuid().ToString() }).Select(i => new DicomFile(i.Dataset))];
        var study = new StudyUid(files[0].Dataset.GetString(DicomTag.StudyInstanceUID)!);
        var rows = files.Select(file => Store(study, file, bytes => bytes)).ToList();
        foreach (var row in rows) File.Delete(Path.Combine(Spool, row.Path));
        await Get<IndexStore>().CommitAsync(new IndexBatch([], rows) { Spool = node }, Stop);
        await CloseAsync(study);
        return study;
    }

    public async Task CloseAsync(StudyUid study)
    {
        await using var claim = await Queue.ClaimAsync(Stage.Closing, 10, Stop) ?? throw new InvalidOperationException("Nothing is due for closing.");
        claim.Study.ShouldBe(study);
        await Get<ClosingStore>().CloseAsync(claim.Work, "Closed by the test.", Stop);
    }

    public async Task<List<T>> ListAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object?[] values)
    {
        await using var connection = await Database.OpenAsync(Stop);
        return await connection.ListAsync(sql, values, read, Stop);
    }

    public Task<List<(string Outcome, string Because, bool Demonstration)>> DecisionsAsync(StudyUid study) => ListAsync(
        "select outcome, because, demonstration from decision where study_uid = $1 order by decided_at",
        row => (row.GetString(0), row.GetString(1), row.GetBoolean(2)), study.Value);

    public async Task<long> CountAsync(string table, StudyUid study) => (await ListAsync(
        table == "result" ? "select count(*) from result join generation on id = generation_id where study_uid = $1" : $"select count(*) from {table} where study_uid = $1",
        row => row.GetInt64(0), study.Value)).Single();

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private InstanceArrival Store(StudyUid study, DicomFile file, Func<byte[], byte[]> damage)
    {
        using var written = new MemoryStream();
        file.Write(written);
        var bytes = damage(written.ToArray());
        var digest = SHA256.HashData(bytes);
        var name = Convert.ToHexStringLower(digest);
        File.WriteAllBytes(Path.Combine(Spool, name), bytes);
        var data = file.Dataset;
        return new InstanceArrival(
            new SopInstanceUid(data.GetString(DicomTag.SOPInstanceUID)!),
            digest,
            new StudyArrival(study, "CT1", OrderClass.Routine, TimeSpan.Zero),
            new SeriesArrival(new SeriesUid(data.GetString(DicomTag.SeriesInstanceUID)!), data.GetString(DicomTag.Modality), null),
            data.GetString(DicomTag.SOPClassUID)!,
            file.TransferSyntax.Uid,
            name,
            bytes.Length,
            null,
            DateTimeOffset.UnixEpoch);
    }
}

/// <summary>The scoring role with its packages, driven claim by claim.</summary>
internal sealed class RunningRole : IDisposable
{
    private readonly ScoringFixture _fixture;
    private readonly WarmModels _models;
    private readonly ImageCache _cache;
    private readonly NodeDoors _doors;
    private readonly FrameDecoder _decoder = new(TimeSpan.FromSeconds(30), TimeProvider.System);

    public RunningRole(ScoringFixture fixture, IReadOnlyList<string> packages, int maxAttempts, string? policy)
    {
        _fixture = fixture;
        var role = Options.Create(new ScoringRoleOptions { Packages = [.. packages.Select(folder => new PackageOptions { Folder = folder, Policy = policy })], MaxAttempts = maxAttempts, Cache = new() { Folder = fixture.Cache } });
        _models = new WarmModels(role, NullLogger<ScoringModel>.Instance);
        var spool = Options.Create(new SpoolOptions { Folder = fixture.Spool });
        _cache = new ImageCache(role, TimeProvider.System);
        _doors = new NodeDoors(role, spool, TimeProvider.System);
        var images = new StudyImages(_cache, _doors, fixture.Get<SpoolNodeStore>(), spool, role, NullLogger<StudyImages>.Instance);
        var reader = new StudyReader(fixture.Get<StudyStore>(), fixture.Get<GenerationStore>(), fixture.Get<SelectionStore>(), _decoder, images, role);
        var waits = new ImageWaits(fixture.Database, fixture.Get<ImageWaitStore>(), role);
        var deferred = new ScoreDeferred(reader, images, waits, _decoder, _models, fixture.Get<AdditionStore>(), role, TimeProvider.System, NullLogger<ScoreDeferred>.Instance);
        Work = new ScoreStudy(
            reader, images,
            waits, _decoder, _models, fixture.Get<GenerationStore>(), fixture.Get<OutcomeStore>(), deferred, role, TimeProvider.System, NullLogger<ScoreStudy>.Instance);
    }

    public ScoreStudy Work { get; }

    public WarmModel Model => _models.All[0];

    /// <summary>Claims what is due and runs it.</summary>
    public async Task RunAsync(StudyUid study)
    {
        await using var claim = await _fixture.Queue.ClaimAsync(Stage.Scoring, Work.Retry.MaxAttempts, TestContext.Current.CancellationToken)
            ?? throw new InvalidOperationException("Nothing is due for scoring.");
        claim.Study.ShouldBe(study);
        await Work.RunAsync(claim, TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        _models.Dispose();
        _decoder.Dispose();
        _doors.Dispose();
        _cache.Dispose();
    }
}
