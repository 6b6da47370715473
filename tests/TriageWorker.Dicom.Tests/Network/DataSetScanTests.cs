using TriageWorker.Dicom.Network;
using TriageWorker.Dicom.Tests.Network.Scan;

namespace TriageWorker.Dicom.Tests.Network;

public sealed class DataSetScanTests
{
    private const uint Undefined = 0xFFFF_FFFF;
    private static readonly WireSample Wire = new(isExplicit: true), Implied = new(isExplicit: false);

    public static TheoryData<string> Samples => [.. WireSample.All.Select(sample => sample.Name)];

    [Theory, MemberData(nameof(Samples))]
    public void Every_way_of_encoding_is_followed_wherever_its_pieces_end(string name)
    {
        var (_, syntax, bytes) = WireSample.All.Single(sample => sample.Name == name);
        for (var first = 0; first <= bytes.Length; first++)
            for (var second = first; second <= Math.Min(bytes.Length, first + 14); second++) // a header and more
            {
                using var scan = new DataSetScan(AcceptedSyntaxes.EncodingOf(syntax));
                scan.Feed(bytes.AsSpan(0, first));
                scan.Feed(bytes.AsSpan(first, second - first));
                scan.Feed(bytes.AsSpan(second));
                scan.Complete();
                scan.Fault.ShouldBe(default, $"{first}, {second}");
                scan.Uid(ScanTag.StudyInstanceUid).ShouldBe(WireSample.StudyUid);
                scan.Uid(ScanTag.SopInstanceUid).ShouldNotBeNull();
                scan.HasPassedWanted.ShouldBe(name != "explicit, oddities"); // which ends before
            }
    }

    [Theory]
    [InlineData(DicomUid.ImplicitVRLittleEndian, ScanEncoding.ImplicitLittleEndian)]
    [InlineData(DicomUid.ExplicitVRLittleEndian, ScanEncoding.ExplicitLittleEndian)]
    [InlineData(DicomUid.ExplicitVRBigEndian, ScanEncoding.ExplicitBigEndian)]
    [InlineData(DicomUid.DeflatedExplicitVRLittleEndian, ScanEncoding.Deflated)]
    [InlineData("1.2.840.10008.1.2.4.94", ScanEncoding.ExplicitLittleEndian)] // JPIP Referenced
    [InlineData("1.2.840.10008.1.2.4.95", ScanEncoding.Deflated)] // JPIP Referenced Deflate
    [InlineData("1.2.840.10008.1.2.4.204", ScanEncoding.ExplicitLittleEndian)] // JPIP HTJ2K Referenced
    [InlineData("1.2.840.10008.1.2.4.205", ScanEncoding.Deflated)] // JPIP HTJ2K Referenced Deflate
    [InlineData("1.2.840.10008.1.2.8.1", ScanEncoding.ExplicitLittleEndian)] // Deflated Image Frame Compression: its frames are deflated, not the data set
    [InlineData("1.2.840.10008.1.20", ScanEncoding.ImplicitLittleEndian)] // Papyrus 3
    [InlineData(DicomUid.JPEG2000Lossless, ScanEncoding.ExplicitLittleEndian)]
    [InlineData("1.2.3.4.5", ScanEncoding.ExplicitLittleEndian)] // somebody's own
    public void Each_transfer_syntax_is_scanned_as_it_is_encoded(string syntax, ScanEncoding encoding) => AcceptedSyntaxes.EncodingOf(syntax).ShouldBe(encoding);

    public static TheoryData<string, byte[], ScanFaultKind, long> Broken => new()
    {
        { "an item of 9 bytes in a sequence that has 8 left", [.. Wire.Header(0x0008_1140, "SQ", 16), .. Wire.Header(0xFFFE_E000, null, 9), .. new byte[9]], ScanFaultKind.LongerThanParent, 12 },
        { "a value of 9 bytes in an item that has 2 left", [.. Wire.Header(0x0008_1140, "SQ", Undefined), .. Wire.Header(0xFFFE_E000, null, 10), .. Wire.Header(0x0008_1150, "UI", 9), .. new byte[9]], ScanFaultKind.LongerThanParent, 20 },
        { "a header that ends outside its item", [.. Wire.Header(0x0008_1140, "SQ", Undefined), .. Wire.Header(0xFFFE_E000, null, 4), .. Wire.Header(0x0008_1150, "UI", 0)], ScanFaultKind.LongerThanParent, 20 },
        { "a delimited item that goes on behind its sequence", [.. Wire.Header(0x0008_1140, "SQ", 12), .. Wire.Header(0xFFFE_E000, null, Undefined), .. Wire.Element(0x0008_1150, "UI", 1, 2)], ScanFaultKind.LongerThanParent, 20 },
        { "an item in an implicit sequence of defined length", [.. Implied.Header(0x0008_1140, "SQ", 16), .. Wire.Header(0xFFFE_E000, null, 9), .. new byte[9]], ScanFaultKind.LongerThanParent, 8 },
        { "an item outside of any sequence", [.. Wire.Header(0xFFFE_E000, null, 0)], ScanFaultKind.MisplacedDelimiter, 0 },
        { "the end of a sequence with a length, within an item", [.. Wire.Header(0x0008_1140, "SQ", 16), .. Wire.Header(0xFFFE_E000, null, Undefined), .. Wire.Header(0xFFFE_E0DD, null, 0)], ScanFaultKind.MisplacedDelimiter, 20 },
        { "the end of a sequence before its length says so", [.. Wire.Header(0x0008_1140, "SQ", 80), .. Wire.Header(0xFFFE_E0DD, null, 0)], ScanFaultKind.MisplacedDelimiter, 12 },
        { "a delimiter with a length", [.. Wire.Header(0xFFFE_E00D, null, 2), 0, 0], ScanFaultKind.MisplacedDelimiter, 0 },
        { "an attribute where an item should be", [.. Wire.Header(0x0008_1140, "SQ", Undefined), .. Wire.Element(0x0008_1150, "UI", 1, 2)], ScanFaultKind.NotAnItem, 12 },
        { "an attribute between fragments", [.. Wire.Header(0x7FE0_0010, "OB", Undefined), .. Wire.Element(0x0008_1150, "UI", 1, 2)], ScanFaultKind.NotAnItem, 12 },
        { "a fragment of undefined length", [.. Wire.Header(0x7FE0_0010, "OB", Undefined), .. Wire.Header(0xFFFE_E000, null, Undefined)], ScanFaultKind.UndefinedLength, 12 },
        { "text of undefined length", [.. Wire.Header(0x0040_A160, "UT", Undefined)], ScanFaultKind.UndefinedLength, 0 },
        { "a value that is too long", [.. Wire.Header(0x7FE0_0010, "OW", 101), .. new byte[101]], ScanFaultKind.ElementTooLong, 0 },
        { "a fragment that is too long", [.. Wire.Header(0x7FE0_0010, "OB", Undefined), .. Wire.Header(0xFFFE_E000, null, 101), .. new byte[101]], ScanFaultKind.ElementTooLong, 12 },
        { "a data set that is too long", [.. Wire.Element(0x7FE0_0010, "OW", new byte[100]), .. Wire.Element(0x7FE1_0010, "OW", new byte[100]), .. new byte[300]], ScanFaultKind.TooLong, 400 },
        { "too many attributes", [.. Enumerable.Repeat(Wire.Element(0x0008_0050, "SH"), 21).SelectMany(element => element)], ScanFaultKind.TooManyElements, 160 },
        { "sequences in sequences", [.. Enumerable.Repeat((byte[])[.. Wire.Header(0x0008_1140, "SQ", Undefined), .. Wire.Header(0xFFFE_E000, null, Undefined)], 4).SelectMany(level => level)], ScanFaultKind.TooDeep, 60 },
        { "a sequence whose length reaches beyond the end", Wire.Header(0x0008_1140, "SQ", 80), ScanFaultKind.Truncated, 12 },
        { "an item whose length reaches beyond the end", [.. Wire.Header(0x0008_1140, "SQ", Undefined), .. Wire.Header(0xFFFE_E000, null, 30), .. Wire.Element(0x0008_1150, "UI", 1, 2)], ScanFaultKind.Truncated, 30 },
        { "fragments without an end", [.. Wire.Header(0x7FE0_0010, "OB", Undefined), .. Wire.Element(0xFFFE_E000, null!, 1, 2)], ScanFaultKind.Truncated, 22 },
        { "three bytes of a head", [.. Wire.Element(0x0008_0050, "SH"), 8, 0, 0], ScanFaultKind.Truncated, 11 },
        { "something after the padding", [.. Wire.Element(0x0008_0050, "SH"), .. new byte[17], 1, 0], ScanFaultKind.FollowsPadding, 25 },
    };

    [Theory, MemberData(nameof(Broken))]
    public void What_is_broken_is_found_at_the_same_place_however_the_pieces_end(string what, byte[] bytes, ScanFaultKind kind, long offset)
    {
        var limits = new ScanLimits { MaxDepth = 3, MaxElementLength = 100, MaxElements = 20, MaxLength = 400 };
        for (var piece = 1; piece <= bytes.Length; piece++)
        {
            using var scan = new DataSetScan(ScanEncoding.ExplicitLittleEndian, limits);
            foreach (var part in bytes.Chunk(piece)) scan.Feed(part);
            scan.Complete();
            (scan.Fault.Kind, scan.Fault.Offset).ShouldBe((kind, offset), $"{what}, in pieces of {piece}");
        }
    }

    [Fact]
    public void Below_UN_a_big_endian_data_set_is_implicit_little_endian()
    {
        var big = new WireSample(isExplicit: true, isBigEndian: true);
        using var scan = new DataSetScan(ScanEncoding.ExplicitBigEndian);
        scan.Feed([.. big.Element(0x0008_0016, "UI", "1.2\0"u8), .. big.Unknown(0x0008_1140, Implied, Implied.Element(0x0008_1150, "UI", "1.2\0"u8)), .. big.Element(0x0020_000E, "UI", "1.3\0"u8)]);
        scan.Complete();
        scan.Fault.ShouldBe(default);
        scan.Uid(ScanTag.SeriesInstanceUid).ShouldBe("1.3");
    }

    [Fact]
    public void What_a_deflate_stream_lacks_is_seen()
    {
        var bytes = WireSample.All.Single(sample => sample.Name == "deflated").Bytes;
        Fault(bytes).ShouldBe(ScanFaultKind.None);
        Fault([.. bytes, .. new byte[20_000]]).ShouldBe(ScanFaultKind.None); // what follows the last block is padding
        for (var cut = 0; cut < bytes.Length - 1; cut++) Fault(bytes[..cut]).ShouldBe(ScanFaultKind.NotDeflate, $"{cut}");
        Fault([.. Enumerable.Repeat((byte)0xFF, 100)]).ShouldBe(ScanFaultKind.NotDeflate);
        byte[] wantsDictionary = [0x78, 0x20, 1, 2, 3, 4, .. bytes];
        Fault(wantsDictionary).ShouldBe(ScanFaultKind.NotDeflate);
        Reading.Refusal(wantsDictionary, DicomUid.DeflatedExplicitVRLittleEndian).ShouldNotBeNull();

        static ScanFaultKind Fault(byte[] bytes)
        {
            using var scan = new DataSetScan(ScanEncoding.Deflated);
            foreach (var piece in bytes.Chunk(33)) scan.Feed(piece);
            scan.Complete();
            return scan.Fault.Kind;
        }
    }

    [Fact]
    public void A_zlib_envelope_and_a_data_set_that_is_not_deflated_are_taken_for_what_they_are()
    {
        var plain = WireSample.All.Single(sample => sample.Name == "explicit").Bytes;
        var enveloped = new MemoryStream();
        using (var zlib = new System.IO.Compression.ZLibStream(enveloped, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true)) zlib.Write(plain);
        foreach (var bytes in new[] { plain, enveloped.ToArray() })
        {
            using var scan = new DataSetScan(ScanEncoding.Deflated);
            foreach (var piece in bytes.Chunk(3)) scan.Feed(piece);
            scan.Complete();
            scan.Fault.ShouldBe(default);
            scan.Uid(ScanTag.StudyInstanceUid).ShouldBe(WireSample.StudyUid);
        }
    }

    [Fact]
    public void Of_an_attribute_that_is_there_twice_the_first_counts()
    {
        using var scan = new DataSetScan(ScanEncoding.ExplicitLittleEndian);
        scan.Feed([.. Wire.Element(0x0008_0018, "UI"), .. Wire.Element(0x0008_0018, "UI", "1.2\0"u8), .. Wire.Element(0x0020_000D, "UI", "1.3\0"u8), .. Wire.Element(0x0020_000D, "UI", "1.4\0"u8)]);
        scan.Uid(ScanTag.SopInstanceUid).ShouldBeNull();
        scan.Uid(ScanTag.StudyInstanceUid).ShouldBe("1.3");
    }

    [Fact]
    public void A_deflated_data_set_may_not_grow_without_end()
    {
        var packed = new MemoryStream();
        using (var deflate = new System.IO.Compression.DeflateStream(packed, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true)) deflate.Write([.. Wire.Header(0x7FE0_0010, "OW", 4 << 20), .. new byte[4 << 20]]);
        packed.Length.ShouldBeLessThan(10_000);
        using var scan = new DataSetScan(ScanEncoding.Deflated, new ScanLimits { MaxInflatedLength = 1 << 20 });
        scan.Feed(packed.ToArray());
        scan.Fault.ShouldBe(new ScanFault(ScanFaultKind.TooLong, 1 << 20, 0));
    }

    [Fact]
    public void A_limit_has_a_ceiling()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new ScanLimits { MaxElements = 100_000_001 });
        Should.Throw<ArgumentOutOfRangeException>(() => new ScanLimits { MaxInflatedLength = 1L << 37 });
        Should.Throw<ArgumentOutOfRangeException>(() => new ScanLimits { MaxDepth = 1025 });
        Should.Throw<ArgumentOutOfRangeException>(() => new ScanLimits { MaxElementLength = 1L << 32 });
        Should.Throw<ArgumentOutOfRangeException>(() => new ScanLimits { MaxLength = 0 });
        Should.Throw<ArgumentOutOfRangeException>(() => new ScanLimits { MaxValueLength = 1 << 20 });
    }

    [Theory, InlineData(ScanEncoding.ExplicitLittleEndian), InlineData(ScanEncoding.Deflated)]
    public void A_piece_costs_no_memory(ScanEncoding encoding)
    {
        // Of the 8 KiB that a thread allocates from, a collection that another test brings about counts the rest as used. A single object for
        // each of the 2,500 pieces would be 60,000 bytes.
        const int MostNotOurs = 8 << 10;
        byte[] item = [.. Wire.Header(0xFFFE_E000, null, Undefined), .. Wire.Element(0x0008_1150, "UI", "1.2\0"u8), .. Wire.Sequence(0x0008_1199, isDefined: true, Array.Empty<byte>()), .. Wire.Header(0xFFFE_E00D, null, 0)];
        byte[] plain =
        [
            .. Wire.Header(0x0008_1140, "SQ", Undefined), .. Enumerable.Repeat(item, 2_000).SelectMany(bytes => bytes), .. Wire.Header(0xFFFE_E0DD, null, 0),
            .. Wire.Header(0x7FE0_0010, "OB", Undefined), .. Enumerable.Repeat(Wire.Element(0xFFFE_E000, null!, new byte[500]), 500).SelectMany(bytes => bytes), .. Wire.Header(0xFFFE_E0DD, null, 0),
        ];
        var bytes = encoding == ScanEncoding.Deflated ? Deflate(plain) : plain;
        using var scan = new DataSetScan(encoding);
        var warm = bytes.Length / 4; // both sides compiled, the stack as deep as it gets
        for (var at = 0; at < warm; at += 100) scan.Feed(bytes.AsSpan(at, Math.Min(100, warm - at)));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var at = warm; at < bytes.Length; at += 100) scan.Feed(bytes.AsSpan(at, Math.Min(100, bytes.Length - at)));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        scan.Complete();
        scan.Fault.ShouldBe(default);
        allocated.ShouldBeLessThan(MostNotOurs);

        static byte[] Deflate(byte[] plain)
        {
            var packed = new MemoryStream();
            using (var deflate = new System.IO.Compression.DeflateStream(packed, System.IO.Compression.CompressionLevel.NoCompression)) deflate.Write(plain);
            return packed.ToArray();
        }
    }
}
