using System.Text;
using TriageWorker.Dicom.Json;

namespace TriageWorker.Dicom.Tests.Json;

/// <summary>Each rule of PS3.18, F.2, as the text that is written.</summary>
public sealed class JsonWritingTests
{
    private static readonly DicomTag Private = new(0x0029, 0x1001);

    [Theory]
    [InlineData("CS", "A\\B", """{"vr":"CS","Value":["A","B"]}""")]
    [InlineData("CS", "A\\\\B", """{"vr":"CS","Value":["A",null,"B"]}""")] // F.2.5
    [InlineData("CS", "", """{"vr":"CS"}""")]
    [InlineData("LT", "a\\b ", """{"vr":"LT","Value":["a\\b"]}""")]
    [InlineData("PN", "A^B=山田=やま", """{"vr":"PN","Value":[{"Alphabetic":"A^B","Ideographic":"山田","Phonetic":"やま"}]}""")]
    [InlineData("PN", "==やま\\\\C", """{"vr":"PN","Value":[{"Phonetic":"やま"},null,{"Alphabetic":"C"}]}""")]
    [InlineData("PN", "a=b=c=d", """{"vr":"PN","Value":[{"Alphabetic":"a","Ideographic":"b","Phonetic":"c=d"}]}""")]
    [InlineData("DS", "1.50\\-0.5", """{"vr":"DS","Value":[1.50,-0.5]}""")] // as it stands
    [InlineData("DS", "+1\\007\\.5\\5.\\-.5e3\\-0", """{"vr":"DS","Value":[1,7,0.5,5,-0.5e3,-0]}""")]
    [InlineData("DS", "1,5\\\\NaN\\1e\\-\\.\\1e999\\0x1", """{"vr":"DS","Value":["1,5",null,"NaN","1e","-",".","1e999","0x1"]}""")]
    [InlineData("DS", "-113.14159265358979", """{"vr":"DS","Value":["-113.14159265358979"]}""")] // longer than a DS may be: not to be rounded on its way back
    [InlineData("IS", "+07\\1.5\\1A", """{"vr":"IS","Value":[7,"1.5","1A"]}""")]
    public void Text_and_the_numbers_that_are_text(string vr, string text, string expected) =>
        Written(new DicomDataset().Set(new DicomElement(Private, Enum.Parse<DicomVR>(vr), Encoding.UTF8.GetBytes(text)))).ShouldBe($$"""{"00291001":{{expected}}}""");

    [Theory]
    [InlineData(DicomVR.US, "FFFF0000", """{"vr":"US","Value":[65535,0]}""")]
    [InlineData(DicomVR.SS, "FFFF", """{"vr":"SS","Value":[-1]}""")]
    [InlineData(DicomVR.UL, "FFFFFFFF", """{"vr":"UL","Value":[4294967295]}""")]
    [InlineData(DicomVR.SL, "00000080", """{"vr":"SL","Value":[-2147483648]}""")]
    [InlineData(DicomVR.UV, "0000000000002000", """{"vr":"UV","Value":[9007199254740992]}""")] // 2^53
    [InlineData(DicomVR.UV, "0100000000002000", """{"vr":"UV","Value":["9007199254740993"]}""")]
    [InlineData(DicomVR.UV, "FFFFFFFFFFFFFFFF", """{"vr":"UV","Value":["18446744073709551615"]}""")]
    [InlineData(DicomVR.SV, "0000000000000080", """{"vr":"SV","Value":["-9223372036854775808"]}""")]
    [InlineData(DicomVR.FL, "0000C03F", """{"vr":"FL","Value":[1.5]}""")]
    [InlineData(DicomVR.FL, "0000C07F0000807F000080FF00000080", """{"vr":"FL","Value":["NaN","Infinity","-Infinity",-0.0]}""")]
    [InlineData(DicomVR.FD, "9A9999999999B93F", """{"vr":"FD","Value":[0.1]}""")]
    [InlineData(DicomVR.AT, "18006310", """{"vr":"AT","Value":["00181063"]}""")]
    [InlineData(DicomVR.OB, "010203", """{"vr":"OB","InlineBinary":"AQID"}""")]
    [InlineData(DicomVR.OW, "0102", """{"vr":"OW","InlineBinary":"AQI="}""")]
    [InlineData(DicomVR.UN, "0102", """{"vr":"UN","InlineBinary":"AQI="}""")]
    [InlineData(DicomVR.None, "0102", """{"vr":"UN","InlineBinary":"AQI="}""")]
    [InlineData(DicomVR.OW, "", """{"vr":"OW"}""")]
    public void Bytes_and_the_numbers_that_are_bytes(DicomVR vr, string bytes, string expected) =>
        Written(new DicomDataset().Set(new DicomElement(Private, vr, Convert.FromHexString(bytes)))).ShouldBe($$"""{"00291001":{{expected}}}""");

    [Fact]
    public void Sequences_nest_and_an_empty_item_is_an_empty_object() =>
        Written(new DicomDataset().Set(DicomTag.ProcedureCodeSequence, new DicomDataset(), new DicomDataset().Set(DicomTag.CodeValue, "A").SetEmpty(DicomTag.ReferencedStudySequence)))
            .ShouldBe("""{"00081032":{"vr":"SQ","Value":[{},{"00080100":{"vr":"SH","Value":["A"]},"00081110":{"vr":"SQ"}}]}}""");

    [Fact]
    public void Group_lengths_commands_and_file_meta_have_no_place_there() =>
        Written(new DicomDataset().Set(new DicomTag(0x0000, 0x0100), 1).Set(DicomTag.TransferSyntaxUID, "1.2").Set(new DicomTag(0x0008, 0x0000), DicomVR.UL, 8).Set(DicomTag.Modality, "CT"))
            .ShouldBe("""{"00080060":{"vr":"CS","Value":["CT"]}}""");

    [Theory]
    [InlineData(false, "\"ISO_IR 192\"")]
    [InlineData(true, "\"ISO_IR 100\"")]
    public void The_character_set_is_that_of_the_text_unless_the_sources_is_wanted(bool keep, string expected)
    {
        byte[] latin1 = [(byte)'M', 0xFC, (byte)'l', (byte)'l', (byte)'e', (byte)'r'];
        var dataset = new DicomDataset().Set(DicomTag.SpecificCharacterSet, "ISO_IR 100").Set(new DicomElement(DicomTag.PatientName, DicomVR.PN, latin1));
        Written(dataset, new DicomJsonWriteOptions { KeepSpecificCharacterSet = keep })
            .ShouldBe($$$"""{"00080005":{"vr":"CS","Value":[{{{expected}}}]},"00100010":{"vr":"PN","Value":[{"Alphabetic":"Müller"}]}}""");
    }

    [Fact]
    public void A_value_goes_by_reference_when_it_is_long_may_and_has_an_address()
    {
        var asked = new List<string>();
        var dataset = new DicomDataset()
            .Set(DicomTag.ImageComments, new string('x', 20)).Set(DicomTag.StudyDescription, new string('x', 20)) // LT may, LO may not
            .Set(DicomTag.ProcedureCodeSequence, new DicomDataset(), new DicomDataset().Set(Private, DicomVR.OB, new byte[11]))
            .Set(DicomTag.RedPaletteColorLookupTableData, DicomVR.OW, new byte[10]);
        var text = Written(dataset, new DicomJsonWriteOptions
        {
            InlineUpTo = 10,
            BulkDataUri = (path, element) =>
            {
                asked.Add($"{path} {element.VR} {element.Length}");
                return element.VR == DicomVR.OB ? new Uri("https://pacs/bulk/" + path) : null;
            },
        });
        asked.ShouldBe(["00081032[1].00291001 OB 11", "00204000 LT 20"]);
        text.ShouldContain("""{"vr":"OB","BulkDataURI":"https://pacs/bulk/00081032[1].00291001"}""");
        text.ShouldContain($$"""{"vr":"LT","Value":["{{new string('x', 20)}}"]}""");
        text.ShouldContain("""{"vr":"OW","InlineBinary":"AAAAAAAAAAAAAA=="}""");
    }

    [Fact]
    public void Compressed_pixel_data_goes_by_reference_or_not_at_all()
    {
        Written(Files.Sample.Compressed(), new DicomJsonWriteOptions { BulkDataUri = (_, _) => new Uri("frames/1", UriKind.Relative) })
            .ShouldEndWith(""","7FE00010":{"vr":"OB","BulkDataURI":"frames/1"}}""");
        Should.Throw<InvalidOperationException>(() => Files.Sample.Compressed().ToJson()).Message.ShouldContain("7FE00010 holds compressed pixel data");
    }

    [Fact]
    public void What_only_refers_to_its_value_is_written_as_the_same_reference()
    {
        const string text = """{"00420011":{"vr":"OB","BulkDataURI":"../bulk/7"}}""";
        Written(DicomDataset.ParseJson(Encoding.UTF8.GetBytes(text))).ShouldBe(text);
    }

    [Fact]
    public async Task Many_data_sets_are_one_array_and_come_back_one_by_one()
    {
        var stream = new MemoryStream();
        await DicomJsonWriter.WriteArrayAsync(stream, Instances(300), stop: TestContext.Current.CancellationToken);
        stream.Position = 0;
        var numbers = new List<int?>();
        await foreach (var dataset in DicomDataset.ReadJsonAsync(stream, stop: TestContext.Current.CancellationToken)) numbers.Add(dataset.GetInt32(DicomTag.InstanceNumber));
        numbers.ShouldBe(Enumerable.Range(0, 300).Select(number => (int?)number));

        static async IAsyncEnumerable<DicomDataset> Instances(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await Task.Yield();
                yield return Files.Sample.Dataset().Set(DicomTag.InstanceNumber, i);
            }
        }
    }

    private static string Written(DicomDataset dataset, DicomJsonWriteOptions? options = null) => Encoding.UTF8.GetString(dataset.ToJson(options));
}
