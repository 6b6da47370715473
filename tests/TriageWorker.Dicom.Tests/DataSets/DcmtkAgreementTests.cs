using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.DataSets;

/// <summary>Our values beside those that DCMTK's dcm2json reads from the same files.</summary>
public sealed class DcmtkAgreementTests
{
    public static TheoryData<string> Files =>
    [
        "ct/lidc0314_upper_abdomen/", "ct/sts002_ct_pet_mr/",
        "corpus/cornerstone_ct_every_transfer_syntax/CTImage.dcm_BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2.dcm",
        "corpus/cornerstone_ct_every_transfer_syntax/CTImage.dcm_DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99.dcm",
        "corpus/pydicom_test_files/rtplan.dcm", "corpus/pydicom_test_files/test-SR.dcm", "corpus/pydicom_test_files/nested_priv_SQ.dcm",
        "corpus/pydicom_test_files/MR_small_implicit.dcm", "corpus/pydicom_test_files/CT_small.dcm", "corpus/dcmqi/segmentations/liver.dcm",
    ];

    /// <summary>dcm2json leaves a comma behind where it leaves compressed pixels out.</summary>
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true };

    [Theory, MemberData(nameof(Files))]
    public async Task Every_value_is_the_one_that_dcmtk_reads(string name)
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var path = Shared.At("data", name);
        if (name.EndsWith('/')) path = Directory.EnumerateFiles(path, "*.dcm", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
        var start = new ProcessStartInfo("dcm2json", [path]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var complaints = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var json = await JsonDocument.ParseAsync(process.StandardOutput.BaseStream, Lenient, TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, await complaints);
        Compare(json.RootElement, DicomFile.Read(path).Dataset).ShouldBeGreaterThan(4);
    }

    private static int Compare(JsonElement expected, DicomDataset dataset)
    {
        var compared = 0;
        foreach (var attribute in expected.EnumerateObject())
        {
            var tag = new DicomTag(uint.Parse(attribute.Name, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            if (tag == DicomTag.SpecificCharacterSet || tag.Group == 0x0002 || tag.IsGroupLength) continue; // dcm2json turns all text into UTF-8
            dataset.TryGet(tag, out var element).ShouldBeTrue($"{tag} is missing");
            compared++;
            if (attribute.Value.TryGetProperty("InlineBinary", out var binary)) Even(dataset.GetBytes(tag).ToArray()).ShouldBe(binary.GetBytesFromBase64(), tag.ToString());
            if (!attribute.Value.TryGetProperty("Value", out var values)) continue;
            if (element!.VR == DicomVR.SQ)
            {
                var items = values.EnumerateArray().ToList();
                element.Items.Count.ShouldBe(items.Count, tag.ToString());
                for (var i = 0; i < items.Count; i++) compared += Compare(items[i], element.Items[i]);
            }
            else CompareValues(values, dataset, tag);
        }
        return compared;
    }

    private static void CompareValues(JsonElement values, DicomDataset dataset, DicomTag tag)
    {
        var expected = values.EnumerateArray().ToList();
        if (expected.Any(value => value.ValueKind == JsonValueKind.Number))
        {
            var numbers = dataset.GetDoubles(tag);
            numbers.Count.ShouldBe(expected.Count, tag.ToString());
            for (var i = 0; i < numbers.Count; i++) numbers[i].ShouldBe(expected[i].GetDouble(), 1e-12 + Math.Abs(numbers[i]) * 1e-8, tag.ToString()); // dcm2json prints FL with nine digits
        }
        else dataset.GetStrings(tag).ShouldBe([.. expected.Select(TextOf)], tag.ToString());
    }

    private static byte[] Even(byte[] bytes) => bytes.Length % 2 == 0 ? bytes : [.. bytes, 0];

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.Object => string.Join('=', new[] { "Alphabetic", "Ideographic", "Phonetic" }
            .Select(part => value.TryGetProperty(part, out var text) ? text.GetString() : "")).TrimEnd('='),
        _ => value.GetString()!.Trim(' ', '\0'),
    };
}
