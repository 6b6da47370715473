using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Files;

/// <summary>
/// Files cut at every byte and files with something wrong anywhere: read or refused with a place, within the stated memory, and
/// what is read is written back to the very bytes.
/// </summary>
public sealed class FuzzTests
{
    private const int LargestCorpusFile = 40_000;

    private static readonly DicomReadOptions Skimmed = DicomReadOptions.HeaderOnly with { AcceptShortPixelData = true, DeferLargerThan = 3 };

    /// <summary>Not the implicit one: it says no VR, so what a broken file declares otherwise than PS3.6 cannot be read back from it.</summary>
    private static readonly TransferSyntax[] Others = [TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian];

    public static TheoryData<string> Samples => [.. RawSample.All().Select(sample => sample.Name)];

    [Theory, MemberData(nameof(Samples))]
    public void A_file_cut_anywhere_is_read_or_refused(string name)
    {
        var whole = RawSample.All().Single(sample => sample.Name == name).File;
        Check(whole).ShouldBeTrue("the whole sample is readable");
        for (var cut = 0; cut < whole.Length; cut++) Check(whole[..cut]);
    }

    [Fact]
    public void A_file_with_anything_wrong_in_it_is_read_or_refused()
    {
        var samples = RawSample.All().Select(sample => sample.File).ToArray();
        var read = 0;
        Fuzz.Cases(fast: 6_000, whole: 150_000, random => read += Check(Mutation.Of(samples[random.Next(samples.Length)], random)) ? 1 : 0);
        read.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_real_file_with_anything_wrong_in_it_is_read_or_refused()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var small = CorpusFiles.All().Where(path => new FileInfo(path).Length < LargestCorpusFile).Select(File.ReadAllBytes).ToArray();
        Fuzz.Cases(fast: 1_500, whole: 60_000, random => Check(Mutation.Of(small[random.Next(small.Length)], random)));
    }

    /// <returns>Whether the file was read.</returns>
    private static bool Check(byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        TryRead(bytes, Skimmed);
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        before = GC.GetAllocatedBytesForCurrentThread();
        var file = TryRead(bytes, DicomReadOptions.Default);
        taken = Math.Max(taken, GC.GetAllocatedBytesForCurrentThread() - before);
        var inflated = file is { TransferSyntax.IsDeflated: true } ? file.Dataset.ToBytes(TransferSyntax.ExplicitVRLittleEndian).Length : 0;
        var isUnknown = file is null && bytes.AsSpan().IndexOf("1.2.840.10008.1.2.1.99"u8) >= 0; // how much was inflated before it was refused
        if (!isUnknown) taken.ShouldBeLessThan(((long)MemoryTests.Multiple * (bytes.Length + inflated)) + MemoryTests.Fixed);
        if (file is null) return false;
        Touch(file.Dataset);
        WritesBack(bytes, file);
        foreach (var syntax in Others) Transcodes(file.Dataset, syntax);
        return true;
    }

    private static DicomFile? TryRead(byte[] bytes, DicomReadOptions options)
    {
        try
        {
            return DicomFile.Read(new MemoryStream(bytes), options);
        }
        catch (DicomFormatException why)
        {
            why.Offset.ShouldBeGreaterThanOrEqualTo(0);
            return null;
        }
    }

    private static void WritesBack(byte[] bytes, DicomFile file)
    {
        var written = file.Dataset.ToBytes(file.TransferSyntax);
        if (!file.TransferSyntax.IsDeflated) bytes.AsSpan().EndsWith(written).ShouldBeTrue($"what was read is not what is written: {string.Join(", ", file.Remarks)}");
        var again = DicomDataset.Parse(written, file.TransferSyntax);
        SameValues.Difference(file.Dataset, again).ShouldBeNull();
    }

    private static void Transcodes(DicomDataset dataset, TransferSyntax syntax)
    {
        if (dataset.TryGet(DicomTag.PixelData, out var pixels) && pixels.IsEncapsulated) return;
        DicomDataset.Parse(dataset.ToBytes(syntax), syntax).Count(element => !element.Tag.IsGroupLength).ShouldBe(dataset.Count(element => !element.Tag.IsGroupLength));
    }

    private static void Touch(DicomDataset dataset)
    {
        foreach (var element in dataset)
        {
            dataset.GetStrings(element.Tag);
            dataset.GetDoubles(element.Tag);
            foreach (var item in element.Items) Touch(item);
        }
    }
}
