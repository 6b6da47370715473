using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Files;

/// <summary>Reading takes no more memory than <see cref="DicomFile.Read(string, DicomReadOptions?)"/> says, whatever a file declares.</summary>
public sealed class MemoryTests
{
    public const int Multiple = 24, Fixed = 256 << 10;

    private const int Many = 40_000;

    public static TheoryData<string> Hostile => [.. Shapes.Keys];

    private static Dictionary<string, Func<byte[]>> Shapes => new()
    {
        ["attributes without values"] = () => Repeat(i => Coded.ImplicitHead(0x0009_1000u + (uint)(i << 8 & 0xFFFF) + ((uint)i >> 8 << 17), 0)),
        ["tags from high to low"] = () => Repeat(i => Coded.ImplicitHead(0x7000_1000u - (uint)i, 0)),
        ["one tag over and over"] = () => Repeat(_ => Coded.ImplicitHead(0x0010_0010, 0)),
        ["items without attributes"] = () => Coded.Join(Coded.ImplicitHead(0x0008_1140, Coded.Undefined), Repeat(_ => Coded.ImplicitHead(0xFFFE_E000, 0)), Coded.SequenceEnd),
        ["items with one attribute"] = () => Coded.Join(Coded.ImplicitHead(0x0008_1140, Coded.Undefined), Repeat(_ => Coded.Item(Coded.ImplicitHead(0x0010_0010, 0))), Coded.SequenceEnd),
        ["sequences without items"] = () => Repeat(i => Coded.ImplicitHead(0x0008_1140, 0)),
        ["fragments without bytes"] = () => Coded.Join(Coded.ImplicitHead(0x7FE0_0010, Coded.Undefined), Repeat(_ => Coded.ImplicitHead(0xFFFE_E000, 0)), Coded.SequenceEnd),
        ["sequences nested to the limit"] = () => Repeat(_ => Nested(60), Many / 60),
        ["delimiters that delimit nothing"] = () => Repeat(_ => Coded.SequenceEnd),
        ["sequences in UN that are none"] = () => Coded.Join(Repeat(_ => Coded.Implicit(0x0008_0060, "CT"u8)), Repeat(_ => Coded.Implicit(0x0009_1040, [0xFE, 0xFF, 0, 0xE0, 9, 0, 0, 0]))),
        ["zeros"] = () => Coded.Join(Coded.Implicit(0x0008_0060, "CT"u8), new byte[1 << 20]),
        ["a length of gigabytes"] = () => Coded.Join(Coded.Implicit(0x0008_0060, "CT"u8), Coded.ImplicitHead(0x0010_0010, 0xF000_0000)),
        ["a pixel length of gigabytes"] = () => Coded.Join(Coded.Implicit(0x0008_0060, "CT"u8), Coded.ImplicitHead(0x7FE0_0010, 0xF000_0000)),
    };

    [Theory, MemberData(nameof(Hostile))]
    public void A_hostile_file_takes_no_more_than_the_stated_multiple(string shape)
    {
        var bytes = Coded.Join(Coded.Implicit(0x0008_0005, "ISO_IR 100"u8), Shapes[shape]());
        foreach (var options in new[] { DicomReadOptions.Default, DicomReadOptions.HeaderOnly, new DicomReadOptions { DeferLargerThan = 0, AcceptShortPixelData = true } })
        {
            Taken(() => Read(new MemoryStream(bytes), options)).ShouldBeLessThan(((long)Multiple * bytes.Length) + Fixed, $"{bytes.Length}");
            Taken(() => Read(new Unseekable(bytes), options)).ShouldBeLessThan(((long)Multiple * bytes.Length) + Fixed, $"{bytes.Length}");
        }
    }

    [Fact]
    public void No_file_of_the_corpus_takes_more_than_the_stated_multiple()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        foreach (var path in CorpusFiles.All())
        {
            var inflated = CorpusFiles.TryRead(path) is { TransferSyntax.IsDeflated: true } file ? file.Dataset.ToBytes(TransferSyntax.ExplicitVRLittleEndian).Length : 0;
            var bytes = File.ReadAllBytes(path);
            Taken(() => Read(new MemoryStream(bytes), DicomReadOptions.Default)).ShouldBeLessThan(((long)Multiple * (bytes.Length + inflated)) + Fixed, path);
        }
    }

    [Fact]
    public void A_large_file_that_is_not_dicom_is_refused_by_its_beginning()
    {
        var bytes = new byte[64 << 20];
        bytes.AsSpan().Fill(0x47);
        Taken(() => Read(new MemoryStream(bytes), DicomReadOptions.Default)).ShouldBeLessThan(256 << 10);
    }

    /// <summary>A gigabyte of zeros in a megabyte of a deflated file: passed over, counted, and written back, but not kept.</summary>
    [Fact]
    public void Zeros_that_a_deflated_file_inflates_to_are_not_kept()
    {
        const int Zeros = 64 << 20;
        var bytes = RawSample.InFile(DicomUid.DeflatedExplicitVRLittleEndian, RawSample.Deflate(Coded.Join(Coded.Explicit(0x0008_0060, "CS", "CT"u8), new byte[Zeros])));
        DicomFile? file = null;
        Taken(() => file = DicomFile.Parse(bytes)).ShouldBeLessThan(Zeros * 3L / 2); // what the inflater hands over in pieces
        GC.KeepAlive(file);
        file!.Dataset.ToBytes(TransferSyntax.ExplicitVRLittleEndian).Length.ShouldBe(10 + Zeros);
    }

    /// <summary>An image is one buffer and little else.</summary>
    [Fact]
    public void Reading_an_image_takes_little_more_than_its_bytes()
    {
        var image = Sample.Dataset().Set(DicomTag.PixelData, DicomVR.OW, new byte[512 * 512 * 2]);
        var stream = new MemoryStream();
        new DicomFile(image).Write(stream);
        var bytes = stream.ToArray();
        Read(new MemoryStream(bytes), DicomReadOptions.Default); // what is made once for the process
        Taken(() => Read(new MemoryStream(bytes), DicomReadOptions.Default)).ShouldBeLessThan(bytes.Length + (32 << 10));
        Taken(() => Read(new MemoryStream(bytes), DicomReadOptions.HeaderOnly)).ShouldBeLessThan(48 << 10);
    }

    private static long Taken(Action read)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        read();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Read(Stream stream, DicomReadOptions options)
    {
        try
        {
            DicomFile.Read(stream, options);
        }
        catch (DicomFormatException)
        {
            // refused: that may not take memory either
        }
    }

    private static byte[] Repeat(Func<int, byte[]> part, int times = Many)
    {
        var all = new MemoryStream();
        for (var i = 0; i < times; i++) all.Write(part(i));
        return all.ToArray();
    }

    private static byte[] Nested(int depth)
    {
        var inner = Array.Empty<byte>();
        for (var i = 0; i < depth; i++) inner = Coded.Join(Coded.ImplicitHead(0x0008_1140, (uint)inner.Length + 8), Coded.Item(inner));
        return inner;
    }

    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
