namespace TriageWorker.Dicom.Tests.Files;

/// <summary>No length is trusted; <see cref="FuzzTests"/> has the same with anything wrong anywhere.</summary>
public sealed class BrokenFileTests
{
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

    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
