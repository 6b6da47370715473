namespace TriageWorker.Dicom.Tests.Files;

public sealed class RoundTripTests
{
    public static TheoryData<string> Syntaxes =>
        [DicomUid.ImplicitVRLittleEndian, DicomUid.ExplicitVRLittleEndian, DicomUid.ExplicitVRBigEndian, DicomUid.DeflatedExplicitVRLittleEndian];

    [Theory, MemberData(nameof(Syntaxes))]
    public void What_is_written_is_read_back(string uid)
    {
        var file = DicomFile.Read(new MemoryStream(Sample.Bytes(TransferSyntax.Of(uid))));
        file.Remarks.ShouldBeEmpty();
        file.TransferSyntax.Uid.ShouldBe(uid);
        file.Meta.GetString(DicomTag.MediaStorageSOPInstanceUID).ShouldBe("1.2.3.4.5");
        var set = file.Dataset;
        set.GetString(DicomTag.SpecificCharacterSet).ShouldBe("ISO_IR 192");
        set.GetString(DicomTag.PatientName).ShouldBe("Müller^Jörg");
        set.GetStrings(DicomTag.ImageType).ShouldBe(["ORIGINAL", "PRIMARY", "AXIAL"]);
        set.Contains(DicomTag.AccessionNumber).ShouldBeTrue();
        set.GetString(DicomTag.AccessionNumber).ShouldBeNull();
        set.GetSequence(DicomTag.ReferencedStudySequence).ShouldBeEmpty();
        set.GetDoubles(DicomTag.ImagePositionPatient).ShouldBe([-180.5, 0.3, -1234.000001]);
        set.GetInt32(DicomTag.InstanceNumber).ShouldBe(7);
        set.GetInt32(DicomTag.SmallestImagePixelValue).ShouldBe(-1024);
        set.GetString(DicomTag.FrameIncrementPointer).ShouldBe("00181063");
        set.GetDouble(DicomTag.RecommendedDisplayFrameRateInFloat).ShouldBe(12.5);
        set.GetSequence(DicomTag.ProcedureCodeSequence)[0].GetString(DicomTag.CodeMeaning).ShouldBe("Ganzkörper");
        set.GetSequence(DicomTag.ProcedureCodeSequence)[1].GetSequence(DicomTag.ReferencedStudySequence)[0]
            .GetString(DicomTag.ReferencedSOPInstanceUID).ShouldBe("1.2.3");
        set.GetString(Sample.PrivateCreator).ShouldBe("ACME 1.0");
        set.GetBytes(Sample.PrivateValue).ToArray().ShouldBe([1, 2, 3, 0]);
        set.GetBytes(DicomTag.PixelData).ToArray().ShouldBe([1, 0, 2, 0, 3, 0, 4, 0]);
    }

    [Theory, MemberData(nameof(Syntaxes))]
    public void Written_twice_it_is_the_same_bytes(string uid)
    {
        var first = Sample.Bytes(TransferSyntax.Of(uid));
        var again = new MemoryStream();
        DicomFile.Read(new MemoryStream(first)).Write(again);
        again.ToArray().ShouldBe(first);
    }

    [Fact]
    public void Fragments_of_compressed_pixels_stay_as_they_are()
    {
        var syntax = TransferSyntax.Of(DicomUid.JPEGLosslessSV1);
        var stream = new MemoryStream();
        new DicomFile(Sample.Compressed(), syntax).Write(stream);
        stream.Position = 0;
        var read = DicomFile.Read(stream);
        read.TransferSyntax.ShouldBe(syntax);
        read.Dataset.TryGet(DicomTag.PixelData, out var pixels).ShouldBeTrue();
        pixels!.Fragments.Select(fragment => fragment.Bytes.ToArray()).ShouldBe([[], [1, 2, 3, 4], [5, 6]]);
        stream.ToArray().AsSpan((int)pixels.Fragments[1].FileOffset, 4).ToArray().ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    public void Pixels_that_do_not_fit_the_syntax_are_not_written()
    {
        Should.Throw<InvalidOperationException>(() => new DicomFile(Sample.Compressed()).Write(new MemoryStream()));
        Should.Throw<InvalidOperationException>(() => new DicomFile(Sample.Dataset(), TransferSyntax.Of(DicomUid.RLELossless)).Write(new MemoryStream()));
    }

    [Fact]
    public void A_value_too_long_for_its_short_length_is_written_as_unknown_and_read_back()
    {
        var description = new string('x', 70_000);
        var bytes = new DicomDataset().Set(DicomTag.StudyDescription, description).ToBytes(TransferSyntax.ExplicitVRLittleEndian);
        bytes.AsSpan(4, 2).ToArray().ShouldBe("UN"u8.ToArray());
        DicomDataset.Parse(bytes, TransferSyntax.ExplicitVRLittleEndian).GetString(DicomTag.StudyDescription).ShouldBe(description);
    }

    [Fact]
    public void Text_taken_over_from_another_character_set_is_written_in_utf8()
    {
        byte[] bytes =
            [8, 0, 5, 0, (byte)'C', (byte)'S', 10, 0, .. "ISO_IR 100"u8, 0x10, 0, 0x10, 0, (byte)'P', (byte)'N', 4, 0, .. "M"u8, 0xFC, .. "l "u8];
        var latin = DicomDataset.Parse(bytes, TransferSyntax.ExplicitVRLittleEndian);
        latin.GetString(DicomTag.PatientName).ShouldBe("Mül");
        latin.ToBytes(TransferSyntax.ExplicitVRLittleEndian).Length.ShouldBe(8 + 10 + 8 + 4); // untouched: nothing is transcoded
        var ours = new DicomDataset().Set(DicomTag.Modality, "SR").Copy(latin, DicomTag.PatientName);
        var read = DicomDataset.Parse(ours.ToBytes(TransferSyntax.ExplicitVRLittleEndian), TransferSyntax.ExplicitVRLittleEndian);
        read.GetString(DicomTag.SpecificCharacterSet).ShouldBe("ISO_IR 192");
        read.GetString(DicomTag.PatientName).ShouldBe("Mül");
    }

    [Fact]
    public void A_command_set_carries_the_length_of_its_group()
    {
        var command = new DicomDataset().Set(DicomTag.CommandField, 0x0030).Set(DicomTag.MessageID, 1).ToBytes(TransferSyntax.ImplicitVRLittleEndian);
        command.AsSpan(0, 12).ToArray().ShouldBe([0, 0, 0, 0, 4, 0, 0, 0, 20, 0, 0, 0]);
        command.Length.ShouldBe(12 + 20);
    }

    [Theory]
    [InlineData(0.1, "0.1")]
    [InlineData(-1234.5678901234567, "-1234.5678901235")]
    [InlineData(1.0 / 3, "0.33333333333333")]
    [InlineData(-1.2345678901234567e-300, "-1.23456789E-300")]
    public void A_decimal_string_has_at_most_sixteen_characters(double value, string text)
    {
        DatasetAuthoring.DecimalString(value).ShouldBe(text);
        text.Length.ShouldBeLessThanOrEqualTo(16);
    }
}
