using System.IO.Compression;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

public sealed class DataSetScanTests
{
    [Theory, InlineData(DicomUid.ImplicitVRLittleEndian), InlineData(DicomUid.ExplicitVRLittleEndian)]
    public void Values_split_anywhere_are_put_together(string syntax)
    {
        var sample = new SampleObject { TransferSyntax = syntax, PixelBytes = 64 };
        var bytes = sample.DataSet();
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            using var scan = new DataSetScan(AcceptedSyntaxes.EncodingOf(syntax));
            scan.Feed(bytes.AsSpan(0, cut));
            scan.Feed(bytes.AsSpan(cut));
            scan.Complete();
            scan.Fault.ShouldBe(default);
            scan.Uid(ScanTag.SopInstanceUid).ShouldBe(sample.SopInstanceUid);
            scan.Uid(ScanTag.StudyInstanceUid).ShouldBe(sample.StudyUid);
            scan.Uid(ScanTag.SeriesInstanceUid).ShouldBe(sample.SeriesUid);
            scan.Raw(ScanTag.PatientName).SequenceEqual("Phantom^One "u8).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_data_set_cut_inside_an_element_is_truncated()
    {
        var bytes = new SampleObject { PixelBytes = 64, UsesDelimiters = false }.DataSet();
        var wholeAt = 0;
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            using var scan = new DataSetScan(ScanEncoding.ExplicitLittleEndian);
            scan.Feed(bytes.AsSpan(0, cut));
            scan.Complete();
            if (!scan.IsLost) wholeAt++;
            else scan.Fault.Kind.ShouldBe(ScanFaultKind.Truncated);
        }

        wholeAt.ShouldBe(14); // between the 15 elements of the data set, and nowhere else
    }

    [Fact]
    public void A_deflated_data_set_is_followed_and_its_damage_is_seen()
    {
        var sample = new SampleObject { PixelBytes = 4096 };
        var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest)) deflate.Write(sample.DataSet());
        byte[] bytes = [.. packed.ToArray(), 0];
        Scan(bytes).Fault.ShouldBe(default);
        Scan(bytes).Uid(ScanTag.SeriesInstanceUid).ShouldBe(sample.SeriesUid);
        Scan(bytes[..^20]).Fault.Kind.ShouldBe(ScanFaultKind.NotDeflate);
        bytes[1] ^= 0xFF;
        Scan(bytes).IsLost.ShouldBeTrue();

        static DataSetScan Scan(byte[] bytes)
        {
            using var scan = new DataSetScan(ScanEncoding.Deflated);
            foreach (var piece in bytes.Chunk(33)) scan.Feed(piece);
            scan.Complete();
            return scan;
        }
    }

    [Fact]
    public void An_item_longer_than_its_sequence_is_a_fault()
    {
        // (0008,1140) SQ of 16 bytes, whose item says 9 where 8 are left.
        byte[] bytes = [8, 0, 0x40, 0x11, (byte)'S', (byte)'Q', 0, 0, 16, 0, 0, 0, 0xFE, 0xFF, 0, 0xE0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Fault(bytes).ShouldBe(ScanFaultKind.LongerThanParent);
    }

    [Fact]
    public void Sequences_nested_without_end_are_a_fault()
    {
        byte[] level = [8, 0, 0x40, 0x11, (byte)'S', (byte)'Q', 0, 0, 255, 255, 255, 255, 0xFE, 0xFF, 0, 0xE0, 255, 255, 255, 255];
        Fault([.. Enumerable.Repeat(level, 40).SelectMany(bytes => bytes)]).ShouldBe(ScanFaultKind.TooDeep);
    }

    [Fact]
    public void Garbage_is_never_followed_to_an_end_and_never_throws()
    {
        var dice = new Random(5);
        var bytes = new byte[4096];
        for (var round = 0; round < 2000; round++)
        {
            dice.NextBytes(bytes);
            using var scan = new DataSetScan((ScanEncoding)(round % 4));
            scan.Feed(bytes);
            scan.Complete();
            (scan.IsLost || scan.Uid(ScanTag.SopInstanceUid) is null).ShouldBeTrue();
        }
    }

    [Fact]
    public void Every_real_ct_is_followed_to_its_end()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var files = Directory.EnumerateFiles(Shared.At("data", "ct"), "*.dcm", SearchOption.AllDirectories).ToList();
        files.ShouldNotBeEmpty();
        foreach (var file in files) ScanFile(file).ShouldBe(default, file);
    }

    [Fact]
    public void A_real_slice_whose_pixels_are_cut_is_truncated()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var file = Directory.EnumerateFiles(Shared.At("data", "corpus", "lidc_truncated_slice")).Single();
        ScanFile(file).Kind.ShouldBe(ScanFaultKind.Truncated);
    }

    [Fact]
    public void Of_the_odd_files_only_the_broken_ones_are_not_followed()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var lost = Directory.EnumerateFiles(Shared.At("data", "corpus"), "*", SearchOption.AllDirectories)
            .Where(HasFileMeta).Where(file => ScanFile(file) != default).Select(Path.GetFileName);
        lost.ShouldBe(
        [
            "000275.dcm", "rtplan_truncated.dcm", "MR_truncated.dcm", // cut
            "SC_rgb_jpeg.dcm", // implicit VR under an explicit syntax
            "DICOMDIR-nooffset", // a sequence shorter than its item
        ], ignoreOrder: true);

        static bool HasFileMeta(string file)
        {
            try
            {
                return Part10Head.Read(file).DataSetOffset > 0;
            }
            catch (DicomNetworkException)
            {
                return false; // cannot be sent either
            }
        }
    }

    private static ScanFault ScanFile(string path)
    {
        var head = Part10Head.Read(path);
        using var scan = new DataSetScan(AcceptedSyntaxes.EncodingOf(head.TransferSyntax));
        scan.Feed(File.ReadAllBytes(path).AsSpan((int)head.DataSetOffset));
        scan.Complete();
        return scan.Fault;
    }

    private static ScanFaultKind Fault(byte[] bytes)
    {
        using var scan = new DataSetScan(ScanEncoding.ExplicitLittleEndian);
        scan.Feed(bytes);
        scan.Complete();
        return scan.Fault.Kind;
    }
}
