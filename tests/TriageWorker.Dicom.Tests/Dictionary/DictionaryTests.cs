using System.Reflection;
using TriageWorker.Dicom.Dictionary;

namespace TriageWorker.Dicom.Tests.Dictionary;

public sealed class DictionaryTests
{
    [Fact]
    public void An_attribute_is_found_with_all_that_the_standard_says_of_it()
    {
        var entry = DicomDictionary.Find(DicomTag.SmallestImagePixelValue).ShouldNotBeNull();
        entry.Keyword.ShouldBe("SmallestImagePixelValue");
        entry.Name.ShouldBe("Smallest Image Pixel Value");
        entry.VRs.ShouldBe([DicomVR.US, DicomVR.SS]);
        entry.Multiplicity.ShouldBe("1");
        entry.IsRetired.ShouldBeFalse();
        DicomDictionary.Find(new DicomTag(0x0008, 0x0001)).ShouldNotBeNull().IsRetired.ShouldBeTrue();
    }

    [Fact]
    public void Every_generated_tag_finds_its_own_keyword_and_every_keyword_its_tag()
    {
        var properties = typeof(DicomTag).GetProperties(BindingFlags.Public | BindingFlags.Static);
        properties.Length.ShouldBeGreaterThan(4900);
        foreach (var property in properties)
        {
            var tag = (DicomTag)property.GetValue(null)!;
            tag.Keyword.ShouldBe(property.Name);
            DicomTag.TryParse(property.Name, out var found).ShouldBeTrue();
            found.ShouldBe(tag);
        }
    }

    [Theory]
    [InlineData(0x60020010u, "OverlayRows")]
    [InlineData(0x601E3000u, "OverlayData")]
    [InlineData(0x500A3000u, "CurveData")]
    [InlineData(0x00203106u, "SourceImageIDs")]
    [InlineData(0x00280410u, "RowsForNthOrderCoefficients")]
    [InlineData(0x7F020010u, "VariablePixelData")]
    public void A_repeating_group_is_known_in_each_of_its_groups(uint tag, string keyword) => new DicomTag(tag).Keyword.ShouldBe(keyword);

    [Theory]
    [InlineData(0x60010010u)]
    [InlineData(0x00091001u)]
    [InlineData(0x00080004u)]
    public void What_the_standard_does_not_list_is_not_found(uint tag) => DicomDictionary.Find(new DicomTag(tag)).ShouldBeNull();

    [Fact]
    public void A_private_creator_is_a_long_string_and_other_private_tags_are_unknown()
    {
        DicomDictionary.VRsOf(new DicomTag(0x0029, 0x0010)).ToArray().ShouldBe([DicomVR.LO]);
        DicomDictionary.VRsOf(new DicomTag(0x0029, 0x1010)).IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [InlineData("00100010")]
    [InlineData("0010,0010")]
    [InlineData("(0010,0010)")]
    [InlineData("PatientName")]
    public void A_tag_is_read_in_each_usual_form(string text)
    {
        DicomTag.TryParse(text, out var tag).ShouldBeTrue();
        tag.ShouldBe(DicomTag.PatientName);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("patientname")]
    [InlineData("0010,001")]
    [InlineData("0010,00G0")]
    public void What_is_no_tag_is_not_read_as_one(string? text) => DicomTag.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Dcmtk_knows_the_same_attributes_by_the_same_keywords()
    {
        var path = Directory.EnumerateDirectories("/usr/share", "libdcmtk*").Select(folder => Path.Combine(folder, "dicom.dic")).Single(File.Exists);
        var plain = File.ReadLines(path).Where(line => line.StartsWith('('))
            .Select(line => line.Split('\t')).Where(fields => !fields[0].Contains('-', StringComparison.Ordinal)).ToList();
        plain.Count.ShouldBeGreaterThan(4800);
        foreach (var fields in plain)
        {
            DicomTag.TryParse(fields[0], out var tag).ShouldBeTrue(fields[0]);
            tag.Keyword.ShouldBe(fields[2].Replace("RETIRED_", "", StringComparison.Ordinal));
            if (fields[1] is [>= 'A' and <= 'Z', ..]) DicomDictionary.VRsOf(tag).ToArray().ShouldBe([Enum.Parse<DicomVR>(fields[1])], fields[0]); // lower case: their own letters
        }
    }
}
