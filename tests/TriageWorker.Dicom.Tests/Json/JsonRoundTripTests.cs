using TriageWorker.Dicom.Json;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Json;

/// <summary>DICOM → JSON → DICOM: the same attributes with the same values.</summary>
public sealed class JsonRoundTripTests
{
    [Fact]
    public void Every_readable_file_comes_back_from_json_with_equal_values()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var compared = 0;
        foreach (var (name, file) in RealFiles.All())
            compared += Same(file.Dataset, DicomDataset.ParseJson(file.Dataset.ToJson(RealFiles.Inline)), name);
        compared.ShouldBeGreaterThan(20_000);
    }

    [Fact]
    public void What_came_from_json_is_written_as_dicom_and_still_has_its_values()
    {
        var file = new DicomFile(DicomDataset.ParseJson(Files.Sample.Dataset().ToJson()));
        var stream = new MemoryStream();
        file.Write(stream);
        stream.Position = 0;
        Same(Files.Sample.Dataset(), DicomFile.Read(stream).Dataset, "sample").ShouldBeGreaterThan(20);
    }

    private static int Same(DicomDataset expected, DicomDataset actual, string where)
    {
        var compared = 0;
        var attributes = expected.Where(element => !element.Tag.IsGroupLength && element.Tag.Group is not (0x0000 or 0x0002)).ToList();
        actual.Where(element => element.Tag != DicomTag.SpecificCharacterSet).Select(element => element.Tag)
            .ShouldBe(attributes.Select(element => element.Tag).Where(tag => tag != DicomTag.SpecificCharacterSet), where);
        foreach (var element in attributes)
        {
            if (element.Tag == DicomTag.SpecificCharacterSet) continue; // ISO_IR 192 from here on
            actual.TryGet(element.Tag, out var other).ShouldBeTrue();
            var here = $"{where} {element.Tag}";
            other.VR.ShouldBe(element.VR == DicomVR.None ? DicomVR.UN : element.VR, here);
            compared++;
            if (element.IsEncapsulated)
            {
                other.BulkDataUri.ShouldNotBeNull(here);
                continue;
            }
            other.Items.Count.ShouldBe(element.Items.Count, here);
            for (var i = 0; i < element.Items.Count; i++) compared += Same(element.Items[i], other.Items[i], $"{here}[{i}]");
            if (element.VR is DicomVR.DS or DicomVR.IS && expected.GetDoubles(element.Tag) is { Count: > 0 } numbers) actual.GetDoubles(element.Tag).ShouldBe(numbers, here);
            else if (element.VR.IsText) actual.GetStrings(element.Tag).ShouldBe(expected.GetStrings(element.Tag), here);
            else Even(other.Bytes).Span.SequenceEqual(Even(element.Bytes).Span).ShouldBeTrue(here);
        }
        return compared;
    }

    private static ReadOnlyMemory<byte> Even(ReadOnlyMemory<byte> bytes) => bytes.Length % 2 == 0 ? bytes : (byte[])[.. bytes.Span, 0]; // what a file has
}
