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
