namespace TriageWorker.Dicom.Tests.Files;

/// <summary>What real files do against the standard and nothing is lost by: read, and remarked.</summary>
public sealed class ToleranceTests
{
    private const int Preamble = 132;

    private static DicomFile Read(byte[] bytes) => DicomFile.Read(new MemoryStream(bytes));

    [Theory]
    [InlineData(DicomUid.ImplicitVRLittleEndian)]
    [InlineData(DicomUid.ExplicitVRLittleEndian)]
    public void Without_preamble_and_meta_the_encoding_is_guessed_and_said(string uid)
    {
        var file = Read(Sample.Dataset().ToBytes(TransferSyntax.Of(uid)));
        file.TransferSyntax.Uid.ShouldBe(uid);
        file.Dataset.GetString(DicomTag.PatientName).ShouldBe("Müller^Jörg");
        file.Remarks.Select(remark => remark.Kind).ShouldBe([DicomRemarkKind.NoPreamble, DicomRemarkKind.NoTransferSyntax]);
    }

    [Fact]
    public void A_wrong_transfer_syntax_is_seen_and_said()
    {
        var bytes = Sample.Bytes(TransferSyntax.ImplicitVRLittleEndian);
        var at = bytes.AsSpan().IndexOf("1.2.840.10008.1.2\0"u8);
        byte[] lying = [.. bytes[..(at - 2)], 20, 0, .. "1.2.840.10008.1.2.1\0"u8, .. bytes[(at + 18)..]];
        var file = Read(lying);
        file.TransferSyntax.ShouldBe(TransferSyntax.ImplicitVRLittleEndian);
        file.Dataset.GetString(DicomTag.PatientName).ShouldBe("Müller^Jörg");
        var remark = file.Remarks.Single(remark => remark.Kind == DicomRemarkKind.OtherTransferSyntax);
        remark.Message.ShouldBe("Explicit VR Little Endian declared, Implicit VR Little Endian found");
    }

    [Fact]
    public void A_wrong_meta_group_length_does_no_harm()
    {
        var bytes = Sample.Bytes();
        bytes[Preamble + 8] = 99;
        Read(bytes).Dataset.GetString(DicomTag.PatientID).ShouldBe("P1");
    }

    [Fact]
    public void Zero_bytes_at_the_end_are_passed_over()
    {
        var file = Read([.. Sample.Bytes(), .. new byte[1000]]);
        file.Remarks.ShouldHaveSingleItem().Kind.ShouldBe(DicomRemarkKind.TrailingZeros);
        file.Dataset.GetBytes(DicomTag.PixelData).Length.ShouldBe(8);
    }

    [Fact]
    public void An_odd_length_is_read_said_kept_and_even_where_it_is_written_anew()
    {
        byte[] odd = [0x10, 0, 0x20, 0, (byte)'L', (byte)'O', 3, 0, .. "ABC"u8, 0x20, 0, 0x10, 0, (byte)'S', (byte)'H', 2, 0, .. "1\0"u8];
        var set = DicomDataset.Parse(odd, TransferSyntax.ExplicitVRLittleEndian, null, out var remarks);
        remarks.ShouldContain(remark => remark.Kind == DicomRemarkKind.OddLength && remark.Tag == DicomTag.PatientID && remark.Offset == 0);
        set.GetString(DicomTag.PatientID).ShouldBe("ABC");
        set.GetString(DicomTag.StudyID).ShouldBe("1");
        set.ToBytes(TransferSyntax.ExplicitVRLittleEndian).ShouldBe(odd);
        set.Clone().ToBytes(TransferSyntax.ExplicitVRLittleEndian).Length.ShouldBe(odd.Length + 1);
        set.ToBytes(TransferSyntax.ImplicitVRLittleEndian).Length.ShouldBe(odd.Length + 1);
    }

    [Fact]
    public void Big_endian_is_read_to_the_same_values()
    {
        byte[] big =
        [
            0, 0x28, 0, 0x10, (byte)'U', (byte)'S', 0, 2, 0x02, 0x00,
            0, 0x18, 0x90, 0x73, (byte)'F', (byte)'D', 0, 8, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0,
            0x7F, 0xE0, 0, 0x10, (byte)'O', (byte)'W', 0, 0, 0, 0, 0, 4, 1, 2, 3, 4,
        ];
        var set = DicomDataset.Parse(big, TransferSyntax.ExplicitVRBigEndian);
        set.GetInt32(DicomTag.Rows).ShouldBe(512);
        set.GetDouble(DicomTag.AcquisitionDuration).ShouldBe(1.5);
        set.GetBytes(DicomTag.PixelData).ToArray().ShouldBe([2, 1, 4, 3]);
    }

    [Fact]
    public void An_implicit_sequence_inside_unknown_is_read()
    {
        byte[] bytes =
        [
            0x29, 0, 1, 0x10, (byte)'U', (byte)'N', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF,
            0x10, 0, 0x20, 0, 2, 0, 0, 0, .. "P1"u8,
            0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0,
        ];
        var items = DicomDataset.Parse(bytes, TransferSyntax.ExplicitVRLittleEndian).GetSequence(new DicomTag(0x0029, 0x1001));
        items.ShouldHaveSingleItem().GetString(DicomTag.PatientID).ShouldBe("P1");
    }

    [Fact]
    public void A_known_sequence_that_was_passed_on_as_unknown_is_one_again()
    {
        byte[] items = [0xFE, 0xFF, 0, 0xE0, 10, 0, 0, 0, 0x08, 0, 0x00, 0x01, 2, 0, 0, 0, .. "C1"u8];
        byte[] bytes = [0x08, 0, 0x32, 0x10, (byte)'U', (byte)'N', 0, 0, (byte)items.Length, 0, 0, 0, .. items];
        DicomDataset.Parse(bytes, TransferSyntax.ExplicitVRLittleEndian).GetSequence(DicomTag.ProcedureCodeSequence)
            .ShouldHaveSingleItem().GetString(DicomTag.CodeValue).ShouldBe("C1");

        bytes[12 + 4] = 200; // the item claims more than there is
        DicomDataset.Parse(bytes, TransferSyntax.ExplicitVRLittleEndian).GetBytes(DicomTag.ProcedureCodeSequence).Length.ShouldBe(items.Length);
    }

    [Theory]
    [InlineData("12", 12)]
    [InlineData(" 12 ", 12)]
    [InlineData("12.0", 12)]
    [InlineData("1e1", 10)]
    [InlineData("1,5", null)]
    [InlineData("12.5", null)]
    [InlineData("99999999999", null)]
    [InlineData("NaN", null)]
    public void A_number_is_read_or_null(string text, int? value) =>
        new DicomDataset().Set(DicomTag.InstanceNumber, text).GetInt32(DicomTag.InstanceNumber).ShouldBe(value);
}
