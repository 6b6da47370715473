namespace TriageWorker.Dicom.Tests.Files;

/// <summary>Headers without pixels: the pixels stay in the file and are found there.</summary>
public sealed class DeferredTests : IDisposable
{
    private static readonly DicomReadOptions Defer = new() { DeferLargerThan = 7 };

    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_deferred_value_says_where_it_lies()
    {
        File.WriteAllBytes(_path, Sample.Bytes());
        DicomFile.Read(_path, Defer).Dataset.TryGet(DicomTag.PixelData, out var pixels).ShouldBeTrue();
        (pixels!.IsDeferred, pixels.Length, pixels.MissingBytes).ShouldBe((true, 8, 0));
        File.ReadAllBytes(_path).AsSpan((int)pixels.FileOffset, 8).ToArray().ShouldBe([1, 0, 2, 0, 3, 0, 4, 0]);
        pixels.Bytes.ToArray().ShouldBe([1, 0, 2, 0, 3, 0, 4, 0]);
    }

    [Fact]
    public void A_file_with_deferred_values_is_written_whole()
    {
        File.WriteAllBytes(_path, Sample.Bytes());
        var copy = new MemoryStream();
        DicomFile.Read(_path, Defer).Write(copy);
        copy.ToArray().ShouldBe(File.ReadAllBytes(_path));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Short_pixel_data_is_reported_by_a_header_read_too(int missing)
    {
        File.WriteAllBytes(_path, Sample.Bytes()[..^missing]);
        var why = Should.Throw<DicomFormatException>(() => DicomFile.Read(_path, Defer));
        why.Tag.ShouldBe(DicomTag.PixelData);
        why.Message.ShouldContain($"8 bytes declared, {8 - missing} are there");
        DicomFile.Read(_path, Defer with { AcceptShortPixelData = true }).Dataset.TryGet(DicomTag.PixelData, out var pixels).ShouldBeTrue();
        pixels!.MissingBytes.ShouldBe(missing);
    }

    [Fact]
    public void Compressed_pixels_without_their_end_are_reported_by_a_header_read_too()
    {
        var stream = new MemoryStream();
        new DicomFile(Sample.Compressed(), TransferSyntax.Of(DicomUid.RLELossless)).Write(stream);
        File.WriteAllBytes(_path, stream.ToArray()[..^8]);
        Should.Throw<DicomFormatException>(() => DicomFile.Read(_path, Defer)).Message.ShouldContain("no delimiter");
        DicomFile.Read(_path, Defer with { AcceptShortPixelData = true }).Dataset.TryGet(DicomTag.PixelData, out var pixels).ShouldBeTrue();
        pixels!.MissingBytes.ShouldBeGreaterThan(0);
        pixels.Fragments.Count.ShouldBe(3);
    }

    [Fact]
    public void Reading_can_stop_before_an_attribute()
    {
        File.WriteAllBytes(_path, Sample.Bytes());
        var set = DicomFile.Read(_path, new DicomReadOptions { StopBefore = DicomTag.PatientName }).Dataset;
        set.Contains(DicomTag.Modality).ShouldBeTrue();
        set.Contains(DicomTag.PatientName).ShouldBeFalse();
    }
}
