using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom;
using TriageWorker.Store;
using TriageWorker.Triage;
using Xunit;

namespace TriageWorker.Testing;

/// <summary>A real spool with studies of real files in it, each with its rows.</summary>
public sealed class FilledSpool : IDisposable
{
    private static readonly DateTimeOffset s_at = new(2026, 1, 2, 10, 11, 12, TimeSpan.Zero);

    private readonly PostgresFixture _fixture;
    private readonly TemporaryFolder? _own;
    private readonly int _pixelBytes;

    /// <param name="folder">Where it lies; by default in a folder of its own that goes with it.</param>
    public FilledSpool(PostgresFixture fixture, string? folder = null, int pixelBytes = 2000)
    {
        (_fixture, _pixelBytes, _own) = (fixture, pixelBytes, folder is null ? new TemporaryFolder() : null);
        Folder = folder ?? _own!.Path;
        Options = new SpoolOptions { Folder = Folder, MinimumFreeBytes = 0 };
        Spool = new Store.Spool(Microsoft.Extensions.Options.Options.Create(Options), NullLogger<Store.Spool>.Instance);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public string Folder { get; }

    public string At(params string[] parts) => Path.Combine([Folder, .. parts]);

    public SpoolOptions Options { get; }

    public Store.Spool Spool { get; }

    /// <summary>Studies that came so long ago, and are decided and delivered.</summary>
    public async Task<StudyUid> DoneAsync(int daysAgo, int images = 3)
    {
        var study = await ArriveAsync(images);
        await FinishAsync(study, daysAgo);
        return study;
    }

    /// <summary>A study that has arrived and waits to be closed, of one series.</summary>
    public async Task<StudyUid> ArriveAsync(int images = 3)
    {
        var study = SomeStudies.NewStudy();
        await IndexAsync(study, [.. Enumerable.Range(1, images).Select(number => Keep(study, number))]);
        return study;
    }

    /// <summary>Seals a file as a listener does; it is in the backlog then.</summary>
    public SpooledObject Keep(StudyUid study, int number, string comment = "")
    {
        var (sop, bytes) = ($"{study}.1.{number}", DataSet(study, number, comment));
        using (var file = Spool.Begin(new SpoolHead(DicomUid.CTImageStorage, sop, DicomUid.ExplicitVRLittleEndian, "CT1", "TRIAGE", Guid.Empty)))
        {
            file.Append(bytes);
            file.Seal(s_at);
        }

        var digest = SHA256.HashData(bytes);
        return Spool.Backlog().Last(found => found.Mark.Digest.AsSpan().SequenceEqual(digest));
    }

    /// <summary>Lasting names, rows, and the end of the incoming names.</summary>
    public async Task IndexAsync(StudyUid study, IReadOnlyList<SpooledObject> files)
    {
        var paths = Spool.Publish(files);
        await _fixture.Get<IndexStore>().CommitAsync(Batch(study, files, paths), Stop);
        Spool.Retire(files);
    }

    public IndexBatch Batch(StudyUid study, IReadOnlyList<SpooledObject> files, IReadOnlyList<string> paths)
    {
        var association = Guid.NewGuid();
        var arrival = SomeStudies.Study(study);
        return new IndexBatch([SomeStudies.Association(association, s_at, AssociationEnding.Released)],
            [.. files.Zip(paths, (file, path) => new InstanceArrival(new(file.Head.SopInstanceUid), file.Mark.Digest, arrival, new(SomeStudies.SeriesOf(study), "CT", "axial"),
                file.Head.SopClassUid, file.Head.TransferSyntax, path, file.Mark.DataSetLength, association, file.Mark.ReceivedAt))]) { Spool = Spool.Id };
    }

    /// <summary>Closed, decided, its document delivered, nothing due.</summary>
    public async Task FinishAsync(StudyUid study, int daysAgo)
    {
        await ExecuteAsync("update study set first_received_at = now() - $2::interval, last_received_at = now() - $2::interval, closed_at = now(), closed_because = 'quiet' where study_uid = $1",
            study.Value, TimeSpan.FromDays(daysAgo));
        await ExecuteAsync("update work set state = 'done', lease_until = null, lease_owner = null where study_uid = $1", study.Value);
        await ExecuteAsync(
            """
            with decided as (insert into decision (id, study_uid, outcome, flag_level, because) values (gen_random_uuid(), $1, 'negative', 0, 'b') returning id)
            insert into delivery (id, decision_id, study_uid, destination, document, state, delivered_at) select gen_random_uuid(), id, $1, 'pacs', 'sr', 'delivered', now() from decided
            """, study.Value);
    }

    public string PathOf(StudyUid study, int number, string comment = "") => Spool.At(ContentAddress.Of(SHA256.HashData(DataSet(study, number, comment))));

    /// <summary>The numbers of a study's images whose files are here.</summary>
    public int[] FilesOf(StudyUid study, int images = 3) => [.. Enumerable.Range(1, images).Where(number => File.Exists(PathOf(study, number)))];

    public int FilesInAll => Directory.GetFiles(At("objects"), "*.dcm", SearchOption.AllDirectories).Length + Directory.GetFiles(At("removing"), "*.dcm").Length;

    public void Dispose()
    {
        Spool.Dispose();
        _own?.Dispose();
    }

    private byte[] DataSet(StudyUid study, int number, string comment) => new DicomDataset()
        .Set(DicomTag.SOPClassUID, DicomUid.CTImageStorage).Set(DicomTag.SOPInstanceUID, $"{study}.1.{number}")
        .Set(DicomTag.StudyInstanceUID, study.Value).Set(DicomTag.SeriesInstanceUID, SomeStudies.SeriesOf(study).Value).Set(DicomTag.ImageComments, comment)
        .Set(DicomTag.PixelData, DicomVR.OW, new byte[_pixelBytes])
        .ToBytes(TransferSyntax.ExplicitVRLittleEndian);

    private async Task ExecuteAsync(string sql, params object?[] values)
    {
        await using var connection = await _fixture.Database.OpenAsync(Stop);
        await connection.ExecuteAsync(sql, values, Stop);
    }
}
