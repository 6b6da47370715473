using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom;
using TriageWorker.Testing;

namespace TriageWorker.Store.Tests;

public sealed class SpoolTests : IDisposable
{
    private static readonly DateTimeOffset s_receivedAt = new(2026, 1, 2, 10, 11, 12, TimeSpan.Zero);
    private static readonly Guid s_association = Guid.Parse("01900000-0000-7000-8000-000000000001");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sealed_object_tells_all_that_its_row_needs_by_itself()
    {
        using var spool = Open();
        var bytes = DataSet("1.2.3");
        using (var file = Begin(spool, "1.2.3"))
        {
            foreach (var piece in bytes.Chunk(1000)) file.Append(piece);
            file.Seal(s_receivedAt);
        }

        var stored = spool.Backlog().Single();
        stored.Mark.Digest.ShouldBe(SHA256.HashData(bytes));
        (stored.Mark.ReceivedAt, stored.Mark.AssociationId, stored.Mark.DataSetLength).ShouldBe((s_receivedAt, s_association, bytes.Length));
        (stored.Head.SopInstanceUid, stored.Head.SourceAe, stored.Head.ReceivingAe).ShouldBe(("1.2.3", "CT1", "TRIAGE"));
        stored.Scan.Uid(Dicom.Network.ScanTag.StudyInstanceUid).ShouldBe("1.2");
        DicomFile.Read(stored.Part).Dataset.GetString(DicomTag.PatientID).ShouldBe("P-1"); // and is still valid Part 10
    }

    [Fact]
    public void Only_sealed_files_are_in_the_backlog()
    {
        using var spool = Open();
        using var unsealed = Begin(spool, "1.2.3");
        unsealed.Append(DataSet("1.2.3"));
        spool.Backlog().ShouldBeEmpty();
    }

    [Fact]
    public void A_file_that_is_given_up_leaves_nothing_behind()
    {
        using var spool = Open();
        using (var file = Begin(spool, "1.2.3")) file.Append(DataSet("1.2.3"));
        Directory.GetFiles(_folder.Path, "*.part", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public void The_same_content_is_one_file_however_often_it_is_published()
    {
        using var spool = Open();
        Keep(spool, "1.2.3");
        Keep(spool, "1.2.3");
        var both = spool.Backlog().ToList();
        var paths = spool.Publish(both);
        paths.Distinct().Count().ShouldBe(1);
        spool.Publish(both).ShouldBe(paths);
        Store.Spool.Retire(both);
        spool.Backlog().ShouldBeEmpty();
        File.ReadAllBytes(spool.At(paths[0])).AsSpan().EndsWith(DataSet("1.2.3")).ShouldBeTrue();
    }

    [Fact]
    public void What_a_living_process_holds_is_not_adopted()
    {
        using var first = Open();
        Keep(first, "1.2.3");
        using var second = Open();
        second.Adopt().ShouldBe(default);
        first.Backlog().Count().ShouldBe(1);
    }

    [Fact]
    public void What_a_dead_process_left_is_adopted_if_whole_and_else_put_aside()
    {
        using (var dead = Open())
        {
            Keep(dead, "1.2.3");
            Keep(dead, "1.2.4");
            Keep(dead, "1.2.5");
            var parts = dead.Backlog().OrderBy(o => o.Head.SopInstanceUid).Select(o => o.Part).ToList();
            File.WriteAllBytes(parts[1], File.ReadAllBytes(parts[1])[..^1]); // the machine lost the end
            var bent = File.ReadAllBytes(parts[2]);
            bent[^1] ^= 1; // or a block of it
            File.WriteAllBytes(parts[2], bent);
            File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(parts[0])!, "unsealed.part"), new byte[300]);
        }

        using var next = Open();
        next.Adopt().ShouldBe(new Adoption(1, 3));
        next.Backlog().Single().Head.SopInstanceUid.ShouldBe("1.2.3");
        Directory.GetFiles(_folder.At("quarantine"), "*.txt").Select(File.ReadAllText).Select(text => text.Split(' ')[1]).Order().ShouldBe(["digest", "has", "has"]);
        Directory.GetDirectories(_folder.At("incoming")).Length.ShouldBe(1);
        next.Adopt().ShouldBe(default);
    }

    [Fact]
    public void A_mark_with_any_bit_changed_is_no_mark()
    {
        var preamble = new byte[SpoolMark.Size];
        var mark = new SpoolMark(300, 4000, SHA256.HashData([1]), s_receivedAt, s_association);
        mark.Write(preamble);
        (SpoolMark.Read(preamble)! with { Digest = mark.Digest }).ShouldBe(mark);
        for (var bit = 0; bit < preamble.Length * 8; bit++)
        {
            preamble[bit / 8] ^= (byte)(1 << (bit % 8));
            SpoolMark.Read(preamble).ShouldBeNull($"bit {bit}");
            preamble[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Without_room_nothing_is_begun()
    {
        using var spool = new Store.Spool(Options.Create(new SpoolOptions { Folder = _folder.Path, MinimumFreeBytes = long.MaxValue }));
        Should.Throw<IOException>(() => Begin(spool, "1.2.3")).Message.ShouldBe("the disk of the spool is nearly full");
    }

    private Store.Spool Open() => new(Options.Create(new SpoolOptions { Folder = _folder.Path, MinimumFreeBytes = 0 }));

    private static SpoolFile Begin(Store.Spool spool, string sop) =>
        spool.Begin(new SpoolHead(DicomUid.CTImageStorage, sop, DicomUid.ExplicitVRLittleEndian, "CT1", "TRIAGE", s_association));

    private static void Keep(Store.Spool spool, string sop)
    {
        using var file = Begin(spool, sop);
        file.Append(DataSet(sop));
        file.Seal(s_receivedAt);
    }

    private static byte[] DataSet(string sop) => new DicomDataset()
        .Set(DicomTag.SOPClassUID, DicomUid.CTImageStorage).Set(DicomTag.SOPInstanceUID, sop)
        .Set(DicomTag.StudyInstanceUID, "1.2").Set(DicomTag.SeriesInstanceUID, "1.2.1").Set(DicomTag.PatientID, "P-1")
        .Set(DicomTag.PixelData, DicomVR.OW, new byte[600_000])
        .ToBytes(TransferSyntax.ExplicitVRLittleEndian);
}
