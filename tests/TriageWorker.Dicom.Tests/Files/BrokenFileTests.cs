namespace TriageWorker.Dicom.Tests.Files;

/// <summary>No length is trusted, and nothing but <see cref="DicomFormatException"/> ever comes out.</summary>
public sealed class BrokenFileTests
{
    public static TheoryData<string> Syntaxes =>
        [DicomUid.ImplicitVRLittleEndian, DicomUid.ExplicitVRLittleEndian, DicomUid.DeflatedExplicitVRLittleEndian, DicomUid.JPEGLosslessSV1];

    private static byte[] BytesIn(string uid)
    {
        if (uid != DicomUid.JPEGLosslessSV1) return Sample.Bytes(TransferSyntax.Of(uid));
        var stream = new MemoryStream();
        new DicomFile(Sample.Compressed(), TransferSyntax.Of(uid)).Write(stream);
        return stream.ToArray();
    }

    [Theory, MemberData(nameof(Syntaxes))]
    public void A_file_cut_anywhere_is_read_to_an_attributes_end_or_refused(string uid)
    {
        var whole = BytesIn(uid);
        for (var cut = 0; cut < whole.Length; cut++) ReadOrRefuse(whole[..cut]);
    }

    [Theory, MemberData(nameof(Syntaxes))]
    public void A_file_with_any_byte_changed_is_read_or_refused(string uid)
    {
        var whole = BytesIn(uid);
        var random = new Random(11);
        for (var round = 0; round < 2000; round++)
        {
            var bytes = (byte[])whole.Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                bytes[random.Next(132, bytes.Length)] = random.Next(4) == 0 ? (byte)0xFF : (byte)random.Next(256);
            ReadOrRefuse(bytes);
        }
    }

    [Fact]
    public void A_length_that_the_file_cannot_hold_is_refused_without_taking_the_memory()
    {
        byte[] bytes = [0x10, 0, 0x10, 0, (byte)'U', (byte)'T', 0, 0, 0xFE, 0xFF, 0xFF, 0xFF, 1, 2];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<DicomFormatException>(() => DicomDataset.Read(new Unseekable(bytes), TransferSyntax.ExplicitVRLittleEndian)).Tag.ShouldBe(DicomTag.PatientName);
        Should.Throw<DicomFormatException>(() => DicomDataset.Parse(bytes, TransferSyntax.ExplicitVRLittleEndian)).Offset.ShouldBe(12);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(8 << 20);
    }

    [Fact]
    public void Sequences_nested_without_end_are_refused()
    {
        var nested = new List<byte>();
        for (var i = 0; i < 100_000; i++)
            nested.AddRange([0x08, 0, 0x40, 0x11, (byte)'S', (byte)'Q', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]);
        Should.Throw<DicomFormatException>(() => DicomDataset.Parse(nested.ToArray(), TransferSyntax.ExplicitVRLittleEndian))
            .Message.ShouldContain("deeper than 64");
    }

    [Fact]
    public void An_item_longer_than_its_sequence_is_refused()
    {
        byte[] bytes = [0x08, 0, 0x40, 0x11, 16, 0, 0, 0, 0xFE, 0xFF, 0, 0xE0, 200, 0, 0, 0, .. new byte[400]];
        Should.Throw<DicomFormatException>(() => DicomDataset.Parse(bytes, TransferSyntax.ImplicitVRLittleEndian)).Tag.ShouldBe(DicomTag.ReferencedImageSequence);
    }

    [Fact]
    public void A_deflated_file_may_not_grow_without_end()
    {
        var big = new DicomDataset().Set(DicomTag.SOPClassUID, DicomUid.CTImageStorage).Set(DicomTag.SOPInstanceUID, "1.2")
            .Set(DicomTag.PixelData, DicomVR.OW, new byte[4 << 20]);
        var stream = new MemoryStream();
        new DicomFile(big, TransferSyntax.DeflatedExplicitVRLittleEndian).Write(stream);
        stream.Length.ShouldBeLessThan(100_000);
        stream.Position = 0;
        Should.Throw<DicomFormatException>(() => DicomFile.Read(stream, new DicomReadOptions { MaxInflatedBytes = 1 << 20 })).Message.ShouldContain("grows beyond");
    }

    [Fact]
    public void A_text_file_is_not_dicom() =>
        Should.Throw<DicomFormatException>(() => DicomFile.Read(new MemoryStream("hello, this is a text of some length"u8.ToArray()))).Message.ShouldContain("not a DICOM file");

    private static void ReadOrRefuse(byte[] bytes)
    {
        foreach (var options in new[] { DicomReadOptions.Default, DicomReadOptions.HeaderOnly with { AcceptShortPixelData = true, DeferLargerThan = 3 } })
        {
            try
            {
                foreach (var element in DicomFile.Read(new MemoryStream(bytes), options).Dataset.Where(element => !element.IsDeferred))
                    new DicomDataset().Set(element).GetStrings(element.Tag);
            }
            catch (DicomFormatException why)
            {
                why.Offset.ShouldBeGreaterThanOrEqualTo(0);
            }
        }
    }

    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
