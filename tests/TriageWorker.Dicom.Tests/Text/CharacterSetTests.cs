using System.Text;
using TriageWorker.Dicom.Text;

namespace TriageWorker.Dicom.Tests.Text;

public sealed class CharacterSetTests
{
    // PS3.5, annexes H, I, J, K: the examples, byte by byte.
    [Theory]
    [InlineData(@"ISO_IR 100", "Buc^J\u00E9r\u00F4me", "4275635E4AE972F46D65")]
    [InlineData(@"ISO_IR 144", "Люкceмбypг", "BBEE6B63653CBA0A")]
    [InlineData(@"ISO_IR 192", "Wang^XiaoDong=王^小東", "57616E675E5869616F446F6E673DE78E8B5EE5B08FE69DB1")]
    [InlineData(@"GB18030", "Wang^XiaoDong=王^小东", "57616E675E5869616F446F6E673DCDF55ED0A1B6AB")]
    [InlineData(@"\ISO 2022 IR 87", "Yamada^Tarou=山田^太郎=やまだ^たろう",
        "59616D6164615E5461726F753D1B2442 3B33 4544 1B28425E1B2442 4240 4F3A 1B28423D1B2442 2464 245E 2440 1B28425E1B2442 243F 246D 2426 1B2842")]
    [InlineData(@"ISO 2022 IR 13\ISO 2022 IR 87", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
        "D4CFC0DE5EC0DBB33D1B2442 3B33 4544 1B284A5E1B2442 4240 4F3A 1B284A3D1B2442 2464 245E 2440 1B284A5E1B2442 243F 246D 2426 1B284A")]
    [InlineData(@"\ISO 2022 IR 149", "Hong^Gildong=洪^吉洞=홍^길동",
        "486F6E675E47696C646F6E673D1B242943FBF35E1B242943D1CED4D73D1B242943C8AB5E1B242943B1E6B5BF")]
    [InlineData(@"\ISO 2022 IR 58", "Zhang^XiaoDong=张^小东=", "5A68616E675E5869616F446F6E673D1B242941D5C55E1B242941D0A1B6AB3D")]
    public void The_standards_example_is_read(string declared, string text, string bytes)
    {
        if (declared == "ISO_IR 144") bytes = Convert.ToHexString(Encoding.GetEncoding(28595).GetBytes(text));
        CharacterSet.Of(declared.Split('\\')).Decode(Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)), DicomVR.PN).ShouldBe(text);
    }

    // PS3.5, annexes H to K, and others: what is written in the declared set when text is changed there.
    [Theory]
    [InlineData(@"ISO_IR 100", "Bürgermeister")]
    [InlineData(@"ISO_IR 13", "ﾔﾏﾀﾞ^ﾀﾛｳ")]
    [InlineData(@"GBK", "Wang^XiaoDong=王^小东")]
    [InlineData(@"GB18030", "乗^𠀀")]
    [InlineData(@"\ISO 2022 IR 87", "Yamada^Tarou=山田^太郎=やまだ^たろう")]
    [InlineData(@"ISO 2022 IR 13\ISO 2022 IR 87", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう")]
    [InlineData(@"\ISO 2022 IR 87\ISO 2022 IR 159", "山田^丂=a")]
    [InlineData(@"\ISO 2022 IR 149", "Hong^Gildong=洪^吉洞=홍^길동")]
    [InlineData(@"\ISO 2022 IR 58", "Zhang^XiaoDong=张^小东=")]
    [InlineData(@"ISO 2022 IR 100\ISO 2022 IR 144\ISO 2022 IR 126", "Müller^Люк=Αθήνα")]
    public void Changed_text_is_written_in_the_declared_set_when_that_has_its_characters(string declared, string text)
    {
        var dataset = new DicomDataset().Set(DicomTag.SpecificCharacterSet, declared.Split('\\')).Set(DicomTag.PatientName, text).Set(DicomTag.PatientComments, text + "\r\n" + text);
        var read = DicomDataset.Parse(dataset.ToBytes(TransferSyntax.ExplicitVRLittleEndian), TransferSyntax.ExplicitVRLittleEndian);
        read.GetStrings(DicomTag.SpecificCharacterSet).ShouldBe(declared.Split('\\'));
        read.GetString(DicomTag.PatientName).ShouldBe(text);
        read.GetString(DicomTag.PatientComments).ShouldBe(text + "\r\n" + text);
    }

    [Theory]
    [InlineData(@"ISO_IR 100", "王")]
    [InlineData(@"ISO_IR 13", "山田")] // its code page has kanji, the set has not
    [InlineData(@"\ISO 2022 IR 87", "Müller")]
    [InlineData(@"", "Müller")]
    public void Text_that_the_declared_set_does_not_have_turns_all_to_utf8(string declared, string text)
    {
        var dataset = new DicomDataset().Set(DicomTag.SpecificCharacterSet, declared.Split('\\')).Set(DicomTag.PatientName, text);
        var read = DicomDataset.Parse(dataset.ToBytes(TransferSyntax.ExplicitVRLittleEndian), TransferSyntax.ExplicitVRLittleEndian);
        read.GetString(DicomTag.SpecificCharacterSet).ShouldBe("ISO_IR 192");
        read.GetString(DicomTag.PatientName).ShouldBe(text);
    }

    /// <summary>PS3.5, 6.1.2.5.3: what an escape sequence chose ends there, and only there.</summary>
    [Theory]
    [InlineData("LO", 0x5C, true)]
    [InlineData("UT", 0x0D, true)]
    [InlineData("UT", 0x0A, true)]
    [InlineData("UT", 0x0C, true)]
    [InlineData("UT", 0x09, true)]
    [InlineData("PN", 0x5E, true)]
    [InlineData("PN", 0x3D, true)]
    [InlineData("LO", 0x5E, false)]
    [InlineData("LO", 0x3D, false)]
    public void The_choice_of_an_escape_sequence_ends_at_delimiters(string vr, int delimiter, bool ends)
    {
        var set = CharacterSet.Of(["ISO 2022 IR 100", "ISO 2022 IR 144"]);
        byte[] bytes = [0x1B, 0x2D, 0x4C, 0xBB, (byte)delimiter, 0xE9];
        set.Decode(bytes, Enum.Parse<DicomVR>(vr)).ShouldBe($"Л{(char)delimiter}{(ends ? 'é' : 'щ')}");
    }

    /// <summary>Untouched Latin 1 keeps its bytes beside the changed value; nothing turns to UTF-8.</summary>
    [Fact]
    public void A_changed_value_is_written_in_the_set_of_the_others()
    {
        byte[] bytes = [.. Element(0x0008_0005, "CS", "ISO_IR 100"u8), .. Element(0x0010_0010, "PN", [0xE9, (byte)'a']), .. Element(0x0010_4000, "LT", [0xFC, (byte)'b'])];
        var dataset = DicomDataset.Parse(bytes, TransferSyntax.ExplicitVRLittleEndian).Set(DicomTag.PatientName, "ñ1");
        dataset.ToBytes(TransferSyntax.ExplicitVRLittleEndian).ShouldBe(
            [.. Element(0x0008_0005, "CS", "ISO_IR 100"u8), .. Element(0x0010_0010, "PN", [0xF1, (byte)'1']), .. Element(0x0010_4000, "LT", [0xFC, (byte)'b'])]);
    }

    /// <summary>One new character that Latin 1 does not have: all text becomes UTF-8, in items too, and their lengths become right.</summary>
    [Fact]
    public void Untouched_text_is_transcoded_where_the_whole_data_set_turns_to_utf8()
    {
        byte[] item = [0xFE, 0xFF, 0, 0xE0, 12, 0, 0, 0, .. Element(0x0008_0104, "LO", [0xFC, (byte)'b', (byte)'c', (byte)'d'])];
        byte[] bytes = [.. Element(0x0008_0005, "CS", "ISO_IR 100"u8), 0x08, 0, 0x32, 0x10, (byte)'S', (byte)'Q', 0, 0, (byte)item.Length, 0, 0, 0, .. item, .. Element(0x0010_4000, "LT", [0xFC, (byte)'b'])];
        var dataset = DicomDataset.Parse(bytes, TransferSyntax.ExplicitVRLittleEndian).Set(DicomTag.PatientName, "王");
        var written = dataset.ToBytes(TransferSyntax.ExplicitVRLittleEndian);
        var read = DicomDataset.Parse(written, TransferSyntax.ExplicitVRLittleEndian, null, out var remarks);
        remarks.ShouldBeEmpty();
        read.GetString(DicomTag.SpecificCharacterSet).ShouldBe("ISO_IR 192");
        read.GetString(DicomTag.PatientName).ShouldBe("王");
        read.GetString(DicomTag.PatientComments).ShouldBe("üb");
        read.GetSequence(DicomTag.ProcedureCodeSequence).ShouldHaveSingleItem().GetString(DicomTag.CodeMeaning).ShouldBe("übcd");
        written.AsSpan().IndexOf((byte[])[(byte)'S', (byte)'Q', 0, 0, (byte)(item.Length + 2), 0, 0, 0]).ShouldBeGreaterThan(0); // its length stays given
    }

    [Theory]
    [InlineData("GBK", 0x815C)]
    [InlineData("GB18030", 0x815C)]
    [InlineData("ISO_IR 13", 0x835C)] // Shift-JIS, which Japanese systems write under this term
    public void No_value_ends_within_a_character(string term, int character)
    {
        byte[] bytes = [.. Element(0x0008_0005, "CS", term.Length % 2 == 0 ? System.Text.Encoding.ASCII.GetBytes(term) : System.Text.Encoding.ASCII.GetBytes(term + " ")),
            .. Element(0x0008_1080, "LO", [(byte)(character >> 8), (byte)character, (byte)'\\', (byte)'b'])];
        DicomDataset.Parse(bytes, TransferSyntax.ExplicitVRLittleEndian).GetStrings(DicomTag.AdmittingDiagnosesDescription).ShouldBe([.. new[] { CharacterSet.Of([term]).Decode([(byte)(character >> 8), (byte)character], DicomVR.LO), "b" }]);
    }

    [Fact]
    public void A_character_whose_second_byte_is_a_backslash_does_not_separate_values()
    {
        byte[] bytes = [.. Element(0x0008_0005, "CS", "GB18030 "u8), .. Element(0x0008_1080, "LO", [0x81, 0x5C, (byte)'\\', (byte)'b'])];
        var dataset = DicomDataset.Parse(bytes, TransferSyntax.ExplicitVRLittleEndian);
        dataset.GetStrings(DicomTag.AdmittingDiagnosesDescription).ShouldBe(["\u4E57", "b"]);
    }

    [Theory]
    [InlineData("ISO-IR_100")]
    [InlineData("ISO IR 100")]
    [InlineData("iso_ir 100")]
    [InlineData("ISO_IR100")]
    [InlineData("ISO 8859-1")]
    public void Usual_misspellings_are_understood(string term)
    {
        var set = CharacterSet.Of([term]);
        set.UnknownTerms.ShouldBeEmpty();
        set.Decode([0xE9], DicomVR.LO).ShouldBe("é");
    }

    [Fact]
    public void Undeclared_bytes_are_read_as_utf8_when_they_are_that_and_else_as_latin_1()
    {
        CharacterSet.Undeclared.Decode("Müller"u8, DicomVR.PN).ShouldBe("Müller");
        CharacterSet.Undeclared.Decode([0x4D, 0xFC], DicomVR.PN).ShouldBe("Mü");
    }

    [Fact]
    public void An_unknown_term_is_reported_and_text_is_read_all_the_same()
    {
        var set = CharacterSet.Of(["ISO_IR 999"]);
        set.UnknownTerms.ShouldBe(["ISO_IR 999"]);
        set.Decode("abc"u8, DicomVR.LO).ShouldBe("abc");
    }

    [Fact]
    public void Random_bytes_in_any_character_set_are_text_of_some_kind()
    {
        var random = new Random(7);
        string[][] sets = [[], ["ISO_IR 100"], ["GB18030"], ["", "ISO 2022 IR 87", "ISO 2022 IR 159"], ["ISO 2022 IR 13", "ISO 2022 IR 149"], ["ISO_IR 192"]];
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(1, 24)];
            random.NextBytes(bytes);
            for (var e = 0; e < 3; e++) bytes[random.Next(bytes.Length)] = 0x1B;
            CharacterSet.Of(sets[i % sets.Length]).Decode(bytes, DicomVR.PN).ShouldNotBeNull();
        }
    }

    private static byte[] Element(uint tag, string vr, ReadOnlySpan<byte> value) =>
    [
        (byte)(tag >> 16), (byte)(tag >> 24), (byte)tag, (byte)(tag >> 8), (byte)vr[0], (byte)vr[1], (byte)value.Length, 0, .. value,
    ];
}
