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
        Of(DicomRemarkKind.Duplicate, 0x0008_0060, 10, Ct, Ct),
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
        Of(DicomRemarkKind.UnknownCharacterSet, 0x0008_0005, 0, Declared("ISO_IR 999")),
        Of(DicomRemarkKind.UnknownCharacterSet, 0x0008_0005, 20, RawSample.Counted(0x0008_1140, Coded.Item(Declared("ISO_IR 999")))),
        Of(DicomRemarkKind.MisspeltCharacterSet, 0x0008_0005, 0, Declared("ISO-IR 100")),
        Of(DicomRemarkKind.MisspeltCharacterSet, 0x0008_0005, 0, Declared("UTF8")),
        Of(DicomRemarkKind.MisspeltCharacterSet, 0x0008_0005, 0, Declared(@"\ISO_IR 87")), // ISO 2022 IR 87
        Of(DicomRemarkKind.MisspeltCharacterSet, 0x0008_0005, 20, RawSample.Counted(0x0008_1140, Coded.Item(Declared("iso_ir 192")))),
        Of(DicomRemarkKind.UndeclaredText, 0x0010_0010, 10, Ct, Coded.Explicit(0x0010_0010, "PN", "Jörg^"u8)),
        Of(DicomRemarkKind.UndeclaredText, 0x0010_0010, 10, Ct, Coded.Explicit(0x0010_0010, "PN", [(byte)'M', 0xFC])),
        Of(DicomRemarkKind.UndeclaredText, 0x0010_0010, 18, Declared("ISO_IR 999"), Coded.Explicit(0x0010_0010, "PN", [(byte)'M', 0xFC])),
        Of(DicomRemarkKind.UndeclaredText, 0x0010_0010, 24, Declared(@"\ISO 2022 IR 87"), Coded.Explicit(0x0010_0010, "PN", [(byte)'M', 0xFC])),
        Of(DicomRemarkKind.UndeclaredText, 0x0008_0104, 20, RawSample.Counted(0x0008_1032, Coded.Item(Coded.Explicit(0x0008_0104, "LO", [(byte)'M', 0xFC])))),
        Of(DicomRemarkKind.UndeclaredEscape, 0x0010_0010, 10, Ct, Coded.Explicit(0x0010_0010, "PN", Yama)),
        Of(DicomRemarkKind.UndeclaredEscape, 0x0010_0010, 18, Declared("ISO_IR 100"), Coded.Explicit(0x0010_0010, "PN", Yama)),
        Of(DicomRemarkKind.UndeclaredEscape, 0x0010_0010, 24, Declared(@"\ISO 2022 IR 149"), Coded.Explicit(0x0010_0010, "PN", Yama)), // another set is declared
        Of(DicomRemarkKind.UndeclaredEscape, 0x0010_0020, 24, Declared(@"\ISO 2022 IR 149"), Coded.Explicit(0x0010_0020, "LO", [0x1B, 0x21, 0x21, 0x21])), // to no set at all
        Of(DicomRemarkKind.BrokenUtf8, 0x0010_0010, 18, Declared("ISO_IR 192"), Coded.Explicit(0x0010_0010, "PN", [(byte)'M', 0xFC])),
        Of(DicomRemarkKind.BeyondAscii, 0x0008_1010, 18, Declared("ISO_IR 100"), Coded.Explicit(0x0008_1010, "CS", [(byte)'M', 0xFC])),
        Of(DicomRemarkKind.PixelDataForm, 0x7FE0_0010, 10, Ct, Coded.ExplicitHead(0x7FE0_0010, "OB", Coded.Undefined), Coded.Item(), Coded.Item([1, 2]), Coded.SequenceEnd),
        new(DicomRemarkKind.OddLength, DicomUid.RLELossless, 0x7FE0_0010, 20, Coded.Join(Coded.ExplicitHead(0x7FE0_0010, "OB", Coded.Undefined), Coded.Item(), Coded.Item([1, 2, 3]), Coded.SequenceEnd)),
    ];

    private static byte[] Yama => [0x1B, 0x24, 0x42, 0x3B, 0x33, 0x1B, 0x28, 0x42];

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
        Kinds(RawSample.InFile(DicomUid.ExplicitVRLittleEndian, Declared("ISO_IR 999"))).ShouldBe([DicomRemarkKind.UnknownCharacterSet]);
        Kinds([.. new byte[128], .. "DICM"u8, .. Coded.Explicit(0x0002_0012, "UI", "1.2\0"u8)]).ShouldBe([DicomRemarkKind.NoTransferSyntax]); // and nothing to tell it from
        Kinds([.. new byte[128], .. "DICM"u8, .. Coded.Explicit(0x0002_0010, "UI", "1.2.840.10008.1.2.1\0"u8), .. Coded.Explicit(0x0002_0013, "SH", [(byte)'M', 0xFC]), .. Ct]).ShouldBe([DicomRemarkKind.UndeclaredText]);
        Kinds(RawSample.InFile(DicomUid.RLELossless, Coded.Join(Ct, Coded.Explicit(0x7FE0_0010, "OB", [1, 2])))).ShouldBe([DicomRemarkKind.PixelDataForm]);
        Kinds(RawSample.InFile(DicomUid.ExplicitVRLittleEndian, RawSample.Encapsulated())).ShouldBe([DicomRemarkKind.OddLength, DicomRemarkKind.PixelDataForm]);
    }

    /// <summary>A declaration may stand behind what it is about, and governs items that have none of their own.</summary>
    [Theory]
    [InlineData("ISO_IR 100", "4DFC")]
    [InlineData("ISO_IR 192", "4DC3BC")]
    [InlineData("GB18030", "CDF5")]
    [InlineData(@"\ISO 2022 IR 87", "1B2442 3B33 1B2842")]
    [InlineData(@"\ISO 2022 IR 149", "486F 1B2429 43 FBF3")]
    [InlineData(@"ISO 2022 IR 100\ISO 2022 IR 144", "4DFC 1B2D4C BB")]
    [InlineData(@"ISO 2022 IR 13\ISO 2022 IR 87", "D4CF 1B2442 3B33 1B284A")]
    public void Text_as_it_is_declared_is_nothing_to_tell(string terms, string text)
    {
        var name = Coded.Explicit(0x0010_0010, "PN", Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal)));
        byte[] bytes = [.. RawSample.Counted(0x0008_1140, Coded.Item(name)), .. name, .. Declared(terms)];
        DicomDataset.Parse(bytes, TransferSyntax.ExplicitVRLittleEndian, null, out var remarks);
        remarks.Where(remark => remark.Kind is not (DicomRemarkKind.OddLength or DicomRemarkKind.OutOfOrder)).ShouldBeEmpty();
    }

    [Fact]
    public void Text_that_stays_in_the_file_is_not_fetched_to_look_at_it()
    {
        var bytes = RawSample.InFile(DicomUid.ExplicitVRLittleEndian, Coded.Join(Ct, Coded.Explicit(0x0010_4000, "LT", [.. Enumerable.Repeat((byte)0xFC, 64)])));
        DicomFile.Parse(bytes).Remarks.ShouldHaveSingleItem().Kind.ShouldBe(DicomRemarkKind.UndeclaredText);
        DicomFile.Parse(bytes, new DicomReadOptions { DeferLargerThan = 32 }).Remarks.ShouldBeEmpty(); // from memory it could not be
    }

    [Fact]
    public void The_place_in_a_deflated_data_set_is_that_in_what_it_inflates_to()
    {
        var file = RawSample.InFile(DicomUid.DeflatedExplicitVRLittleEndian, RawSample.Deflate(Coded.Join(Ct, Coded.Explicit(0x0010_0010, "PN", [(byte)'M', 0xFC]))));
        var remark = DicomFile.Parse(file).Remarks.ShouldHaveSingleItem();
        (remark.Kind, remark.Offset).ShouldBe((DicomRemarkKind.UndeclaredText, 10));
    }

    [Fact]
    public void A_remark_says_nothing_of_what_the_file_holds()
    {
        DicomDataset.Parse(Coded.Join(Declared("DOE^JOHN"), Coded.Explicit(0x0010_0010, "PN", [.. "DOE^JOHN"u8, 0xFC])), TransferSyntax.ExplicitVRLittleEndian, null, out var remarks);
        remarks.Count.ShouldBeGreaterThan(1);
        remarks.ShouldAllBe(remark => !remark.ToString().Contains("DOE"));
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
            DicomRemarkKind.ZlibEnvelope, DicomRemarkKind.ShortPixelData, DicomRemarkKind.BigEndianPixels,
        ];
        InDataSets.Select(each => each.Kind).Concat(ofFiles).Distinct().ShouldBe(Enum.GetValues<DicomRemarkKind>(), ignoreOrder: true);
    }

    private static IEnumerable<DicomRemarkKind> Kinds(byte[] file) => DicomFile.Parse(file).Remarks.Select(remark => remark.Kind);

    private static byte[] Declared(string terms) => Coded.Explicit(0x0008_0005, "CS", System.Text.Encoding.ASCII.GetBytes(terms.Length % 2 == 0 ? terms : terms + " "));

    private static (DicomRemarkKind, string, uint, int, byte[]) Of(DicomRemarkKind kind, uint tag, int at, params byte[][] parts) =>
        (kind, DicomUid.ExplicitVRLittleEndian, tag, at, Coded.Join(parts));

    private static (DicomRemarkKind, string, uint, int, byte[]) Implicit(DicomRemarkKind kind, uint tag, int at, params byte[][] parts) =>
        (kind, DicomUid.ImplicitVRLittleEndian, tag, at, Coded.Join(parts));
}
