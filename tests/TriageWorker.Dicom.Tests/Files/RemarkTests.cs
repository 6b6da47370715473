namespace TriageWorker.Dicom.Tests.Files;

/// <summary>Each tolerated fault is told by its kind, its attribute and its place, and what is read is written back to the same bytes.</summary>
public sealed class RemarkTests
{
    private static readonly byte[] Ct = Coded.Explicit(0x0008_0060, "CS", "CT"u8);

    private static readonly (DicomRemarkKind Kind, string Uid, uint Tag, int At, byte[] Bytes)[] InDataSets =
    [
        Of(DicomRemarkKind.OddLength, 0x0010_0020, 10, Ct, Coded.Explicit(0x0010_0020, "LO", "ABC"u8)),
        Of(DicomRemarkKind.Padding, 0x0010_0020, 10, Ct, Coded.Explicit(0x0010_0020, "LO", "ABC\0"u8)),
        Of(DicomRemarkKind.Padding, 0x0008_0018, 0, Coded.Explicit(0x0008_0018, "UI", "1.2 "u8)),
        Of(DicomRemarkKind.PartialWord, 0x0028_0010, 10, Ct, Coded.Explicit(0x0028_0010, "US", [1, 0, 2])),
        Of(DicomRemarkKind.OtherVR, 0x0010_0020, 10, Ct, Coded.Explicit(0x0010_0020, "SH", "AB"u8)),
        Of(DicomRemarkKind.UnknownVR, 0x0010_0020, 10, Ct, Coded.Explicit(0x0010_0020, "ZZ", "AB"u8)),
        Of(DicomRemarkKind.UnknownVR, 0x0010_0020, 10, Ct, [0x10, 0, 0x20, 0, (byte)'Z', (byte)'Z', 2, 0, (byte)'A', (byte)'B']), // a 16-bit length
        Of(DicomRemarkKind.UnknownVR, 0x0010_0020, 10, Ct, [0x10, 0, 0x20, 0, (byte)'?', (byte)'?', 0, 0, 2, 0, 0, 0, (byte)'A', (byte)'B']),
        Of(DicomRemarkKind.NoVR, 0x0010_0020, 10, Ct, Coded.Implicit(0x0010_0020, "AB"u8)),
        Implicit(DicomRemarkKind.UnexpectedlyExplicit, 0x0010_0020, 10, Coded.Implicit(0x0008_0060, "CT"u8), Coded.Explicit(0x0010_0020, "LO", "AB"u8)),
        Implicit(DicomRemarkKind.UndefinedLength, 0x0010_0020, 10, Coded.Implicit(0x0008_0060, "CT"u8), Coded.ImplicitHead(0x0010_0020, Coded.Undefined), Coded.SequenceEnd),
        Of(DicomRemarkKind.OutOfOrder, 0x0008_0060, 10, Coded.Explicit(0x0010_0020, "LO", "AB"u8), Ct),
        Of(DicomRemarkKind.Duplicate, 0x0008_0060, 18, Ct, Ct),
        Of(DicomRemarkKind.StrayDelimiter, 0xFFFE_E0DD, 10, Ct, Coded.SequenceEnd),
        Of(DicomRemarkKind.StrayDelimiter, 0xFFFE_E00D, 20, RawSample.Counted(0x0008_1140, Coded.Item(Coded.ItemEnd))),
        Of(DicomRemarkKind.StrayDelimiter, 0x0008_1140, 20, RawSample.Counted(0x0008_1140, Coded.Item(), Coded.SequenceEnd)),
        Of(DicomRemarkKind.StrayDelimiter, 0xFFFE_E0DD, 32, RawSample.Open(0x0008_1140, Coded.OpenItem(RawSample.Counted(0x0008_1199), Coded.SequenceEnd))),
        Of(DicomRemarkKind.MissingDelimiter, 0x0008_1140, 20, Coded.ExplicitHead(0x0008_1140, "SQ", Coded.Undefined), Coded.Item()),
        Of(DicomRemarkKind.MissingDelimiter, 0x0008_1140, 30, Coded.ExplicitHead(0x0008_1140, "SQ", Coded.Undefined), Coded.ImplicitHead(0xFFFE_E000, Coded.Undefined), Ct, Coded.SequenceEnd),
        Of(DicomRemarkKind.MissingDelimiter, 0x0008_1140, 30, Coded.ExplicitHead(0x0008_1140, "SQ", Coded.Undefined), Coded.ImplicitHead(0xFFFE_E000, Coded.Undefined), Ct, Coded.Item(), Coded.SequenceEnd),
        Of(DicomRemarkKind.DelimiterLength, 0xFFFE_E0DD, 12, Coded.ExplicitHead(0x0008_1140, "SQ", Coded.Undefined), Coded.ImplicitHead(0xFFFE_E0DD, 4)),
        Of(DicomRemarkKind.ExplicitInUnknown, 0x0009_1001, 0, Coded.ExplicitHead(0x0009_1001, "UN", Coded.Undefined), Coded.OpenItem(Ct), Coded.SequenceEnd),
        Of(DicomRemarkKind.UnreadableUnknown, 0x0008_1140, 0, Coded.Explicit(0x0008_1140, "UN", Coded.ImplicitHead(0xFFFE_E000, 9))),
        Of(DicomRemarkKind.BigEndianSequence, 0x0009_1001, 0, RawSample.Counted(0x0009_1001, [0xFF, 0xFE, 0xE0, 0, 0, 0, 0, 10], [0, 8, 0, 0x60, (byte)'C', (byte)'S', 0, 2, (byte)'C', (byte)'T'])),
        Of(DicomRemarkKind.TrailingZeros, 0, 10, Ct, new byte[12]),
    ];

    public static TheoryData<int> Places => [.. Enumerable.Range(0, InDataSets.Length)];

    [Theory, MemberData(nameof(Places))]
    public void A_tolerated_fault_of_a_data_set_is_told_and_kept(int number)
    {
        var (kind, uid, tag, at, bytes) = InDataSets[number];
        var dataset = DicomDataset.Parse(bytes, TransferSyntax.Of(uid), null, out var remarks);
        var remark = remarks.Where(remark => remark.Kind == kind).ShouldHaveSingleItem($"{kind}");
        (remark.Tag?.Value ?? 0, remark.Offset).ShouldBe((tag, at), $"{kind}");
        remark.Message.ShouldNotBeEmpty();
        dataset.ToBytes(TransferSyntax.Of(uid)).ShouldBe(bytes, $"{kind}");
    }

    [Fact]
    public void What_lies_in_the_other_byte_order_is_read()
    {
        var (_, uid, tag, _, bytes) = InDataSets.Single(each => each.Kind == DicomRemarkKind.BigEndianSequence);
        DicomDataset.Parse(bytes, TransferSyntax.Of(uid)).GetSequence(new DicomTag(tag)).ShouldHaveSingleItem().GetString(DicomTag.Modality).ShouldBe("CT");
    }

    [Fact]
    public void A_delimiter_in_the_middle_of_a_counted_sequence_is_refused_for_what_follows_it_belongs_to_nothing() =>
        Should.Throw<DicomFormatException>(() => DicomDataset.Parse(RawSample.Counted(0x0008_1140, Coded.SequenceEnd, Coded.Item()), TransferSyntax.ExplicitVRLittleEndian));

    [Fact]
    public void A_tolerated_fault_of_a_file_is_told()
    {
        var meta = RawSample.InFile(DicomUid.ExplicitVRLittleEndian, Ct);
        Kinds(Ct).ShouldBe([DicomRemarkKind.NoPreamble, DicomRemarkKind.NoTransferSyntax]);
        Kinds(meta).ShouldBeEmpty();
        Kinds(meta[128..]).ShouldBe([DicomRemarkKind.NoPreamble]);
        var wrongLength = (byte[])meta.Clone();
        wrongLength[140]++;
        Kinds(wrongLength).ShouldBe([DicomRemarkKind.MetaLength]);
        Kinds(RawSample.InFile(DicomUid.ImplicitVRLittleEndian, Ct)).ShouldBe([DicomRemarkKind.OtherTransferSyntax]);
        Kinds(RawSample.InFile(DicomUid.ExplicitVRLittleEndian, [0, 8, 0, 0x60, (byte)'C', (byte)'S', 0, 2, (byte)'C', (byte)'T'])).ShouldBe([DicomRemarkKind.OtherTransferSyntax]);
        Kinds(RawSample.InFile(DicomUid.DeflatedExplicitVRLittleEndian, Ct)).ShouldBe([DicomRemarkKind.OtherTransferSyntax]); // not deflated at all
        Kinds([.. new byte[128], .. "DICM"u8, .. Coded.Implicit(0x0002_0010, "1.2.840.10008.1.2\0"u8), .. Coded.Implicit(0x0008_0060, "CT"u8)]).ShouldBe([DicomRemarkKind.MetaIsImplicit]);
        Kinds(RawSample.InFile(DicomUid.ExplicitVRLittleEndian, Coded.Explicit(0x0008_0005, "CS", "ISO_IR 999"u8))).ShouldBe([DicomRemarkKind.UnknownCharacterSet]);
        Kinds(RawSample.InFile(DicomUid.RLELossless, Coded.Join(Ct, Coded.Explicit(0x7FE0_0010, "OB", [1, 2])))).ShouldBe([DicomRemarkKind.PixelDataForm]);
        Kinds(RawSample.InFile(DicomUid.ExplicitVRLittleEndian, RawSample.Encapsulated())).ShouldBe([DicomRemarkKind.PixelDataForm]);
    }

    [Fact]
    public void A_zlib_envelope_around_a_deflated_data_set_is_told()
    {
        var zlib = new MemoryStream();
        using (var stream = new System.IO.Compression.ZLibStream(zlib, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true)) stream.Write(Ct);
        Kinds(RawSample.InFile(DicomUid.DeflatedExplicitVRLittleEndian, zlib.ToArray())).ShouldBe([DicomRemarkKind.ZlibEnvelope]);
    }

    [Fact]
    public void Pixel_data_that_is_short_is_told_where_that_is_accepted()
    {
        var bytes = RawSample.InFile(DicomUid.ExplicitVRLittleEndian, Coded.Join(Ct, Coded.ExplicitHead(0x7FE0_0010, "OW", 8), [1, 2]));
        var file = DicomFile.Parse(bytes, new DicomReadOptions { AcceptShortPixelData = true });
        file.Remarks.ShouldHaveSingleItem().Kind.ShouldBe(DicomRemarkKind.ShortPixelData);
        bytes.AsSpan().EndsWith(file.Dataset.ToBytes(file.TransferSyntax)).ShouldBeTrue();
    }

    [Fact]
    public void Remarks_do_not_grow_without_end_and_no_kind_is_left_out()
    {
        var bytes = Coded.Join([.. Enumerable.Repeat(Ct, 1000), Coded.Explicit(0x0010_0020, "LO", "ABC"u8)]);
        DicomDataset.Parse(bytes, TransferSyntax.ExplicitVRLittleEndian, null, out var remarks);
        remarks.Count.ShouldBeLessThan(110);
        remarks.ShouldContain(remark => remark.Kind == DicomRemarkKind.OddLength);
        remarks.ShouldContain(remark => remark.Kind == DicomRemarkKind.Duplicate);
    }

    /// <summary>What a reading said that came to nothing is taken back; that it was said does not count either.</summary>
    [Fact]
    public void A_kind_first_met_where_the_reading_came_to_nothing_is_told_where_it_is_met_again()
    {
        var unreadable = Coded.Explicit(0x0008_1140, "UN", Coded.Item(Coded.Implicit(0x0010_0020, "ABC"u8), [1, 2, 3, 4, 5]));
        var bytes = Coded.Join([Ct, unreadable, .. Enumerable.Repeat(Ct, 200), Coded.Explicit(0x0010_0020, "LO", "ABC"u8)]);
        DicomDataset.Parse(bytes, TransferSyntax.ExplicitVRLittleEndian, null, out var remarks);
        remarks.ShouldContain(remark => remark.Kind == DicomRemarkKind.UnreadableUnknown);
        remarks.Where(remark => remark.Kind == DicomRemarkKind.OddLength).ShouldHaveSingleItem().Offset.ShouldBe(bytes.Length - 11);
    }

    [Fact]
    public void Every_kind_is_met_by_a_test()
    {
        DicomRemarkKind[] ofFiles =
        [
            DicomRemarkKind.NoPreamble, DicomRemarkKind.NoTransferSyntax, DicomRemarkKind.MetaLength, DicomRemarkKind.OtherTransferSyntax, DicomRemarkKind.MetaIsImplicit,
            DicomRemarkKind.UnknownCharacterSet, DicomRemarkKind.PixelDataForm, DicomRemarkKind.ZlibEnvelope, DicomRemarkKind.ShortPixelData, DicomRemarkKind.BigEndianPixels,
        ];
        InDataSets.Select(each => each.Kind).Concat(ofFiles).Distinct().ShouldBe(Enum.GetValues<DicomRemarkKind>(), ignoreOrder: true);
    }

    private static IEnumerable<DicomRemarkKind> Kinds(byte[] file) => DicomFile.Parse(file).Remarks.Select(remark => remark.Kind);

    private static (DicomRemarkKind, string, uint, int, byte[]) Of(DicomRemarkKind kind, uint tag, int at, params byte[][] parts) =>
        (kind, DicomUid.ExplicitVRLittleEndian, tag, at, Coded.Join(parts));

    private static (DicomRemarkKind, string, uint, int, byte[]) Implicit(DicomRemarkKind kind, uint tag, int at, params byte[][] parts) =>
        (kind, DicomUid.ImplicitVRLittleEndian, tag, at, Coded.Join(parts));
}
