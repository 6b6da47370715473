using System.Text;
using TriageWorker.Dicom.Json;

namespace TriageWorker.Dicom.Tests.Json;

/// <summary>What is read, and what is refused with the place and what was expected there.</summary>
public sealed class JsonReadingTests
{
    private static readonly DicomTag Tag = new(0x0029, 0x1001);

    [Theory]
    [InlineData("""{"vr":"CS","Value":["A",null,"B"]}""", "A||B")]
    [InlineData("""{"Value":["A"],"vr":"CS"}""", "A")] // names have no order
    [InlineData("""{"vr":"CS","Value":[]}""", "")]
    [InlineData("""{"vr":"DS","Value":[1.50,"007",1e2,null]}""", "1.50|007|1e2|")]
    [InlineData("""{"vr":"DS","Value":[0.30000000000000004]}""", "0.3")] // 16 characters hold no more
    [InlineData("""{"vr":"IS","Value":[12,"1A"]}""", "12|1A")]
    [InlineData("""{"vr":"PN","Value":[{"Phonetic":"c","Alphabetic":"a"},null,{"Alphabetic":"d"}]}""", "a==c||d")]
    [InlineData("""{"vr":"PN","Value":["a^b"]}""", "a^b")] // what older writers did
    [InlineData("""{"vr":"LO","Value":["\u00fc\ud83d\ude00"]}""", "ü😀")]
    [InlineData("""{"vr":"AT","Value":["00181063","7fe00010"]}""", "00181063|7FE00010")]
    [InlineData("""{"vr":"US","Value":[65535,5.0,5e1,"7"]}""", "65535|5|50|7")]
    [InlineData("""{"vr":"SV","Value":[-1,"-9223372036854775808"]}""", "-1|-9223372036854775808")]
    [InlineData("""{"vr":"UV","Value":[18446744073709551615,"9007199254740993"]}""", "18446744073709551615|9007199254740993")]
    [InlineData("""{"vr":"FL","Value":[0.1,"NaN","Infinity","-Infinity","inf","-inf",-0.0]}""", "0.1|NaN|Infinity|-Infinity|Infinity|-Infinity|-0")]
    [InlineData("""{"vr":"FD","Value":[0.1,1]}""", "0.1|1")]
    [InlineData("""{"vr":"US","InlineBinary":"AQACAA=="}""", "1|2")] // F.2.7
    public void Values_are_read(string attribute, string expected) => string.Join('|', Read(attribute).GetStrings(Tag)).ShouldBe(expected);

    [Theory]
    [InlineData("""{}""", "expected vr")]
    [InlineData("""[]""", "expected an attribute as an object, found an array")]
    [InlineData("""{"vr":"XX"}""", "expected a value representation")]
    [InlineData("""{"vr":"CT"}""", "expected a value representation")]
    [InlineData("""{"vr":7}""", "expected vr as a string, found another number")]
    [InlineData("""{"Value":["A"]}""", "expected vr")]
    [InlineData("""{"vr":"CS","value":["A"]}""", "expected vr, Value, BulkDataURI or InlineBinary as a name")]
    [InlineData("""{"vr":"CS","Value":"A"}""", "expected Value as an array, found another string")]
    [InlineData("""{"vr":"CS","Value":[7]}""", "expected a string, found another number")]
    [InlineData("""{"vr":"CS","Value":["日"]}""", "characters that CS cannot hold")]
    [InlineData("""{"vr":"LT","Value":["A","B"]}""", "expected one value")]
    [InlineData("""{"vr":"LO","Value":["\ud83d"]}""", "expected text in UTF-8")]
    [InlineData("""{"vr":"PN","Value":[{"Latin":"A"}]}""", "expected Alphabetic, Ideographic or Phonetic")]
    [InlineData("""{"vr":"PN","Value":[{"Alphabetic":7}]}""", "expected a component group as a string")]
    [InlineData("""{"vr":"US","Value":[65536]}""", "expected a whole number that US can hold")]
    [InlineData("""{"vr":"US","Value":[1.5]}""", "expected a whole number that US can hold")]
    [InlineData("""{"vr":"US","Value":[null]}""", "expected a whole number that US can hold, found null")]
    [InlineData("""{"vr":"UV","Value":[-1]}""", "expected a whole number that UV can hold")]
    [InlineData("""{"vr":"FL","Value":[1e39]}""", "expected a number that FL can hold")]
    [InlineData("""{"vr":"FD","Value":[1e999]}""", "expected a number that FD can hold")]
    [InlineData("""{"vr":"FD","Value":["one"]}""", "expected a number that FD can hold")]
    [InlineData("""{"vr":"DS","Value":[1000000000000000000e999]}""", "expected a number that DS can hold")]
    [InlineData("""{"vr":"AT","Value":["0018"]}""", "expected a tag of eight hexadecimal digits")]
    [InlineData("""{"vr":"AT","Value":[1572963]}""", "expected a tag of eight hexadecimal digits")]
    [InlineData("""{"vr":"OB","Value":[1]}""", "expected InlineBinary or BulkDataURI for OB")]
    [InlineData("""{"vr":"OB","InlineBinary":"A"}""", "expected InlineBinary as base64")]
    [InlineData("""{"vr":"LO","InlineBinary":"QQ=="}""", "LO has no InlineBinary")]
    [InlineData("""{"vr":"OB","BulkDataURI":""}""", "expected BulkDataURI as the address of a value")]
    [InlineData("""{"vr":"SQ","BulkDataURI":"x"}""", "a sequence has no BulkDataURI")]
    [InlineData("""{"vr":"SQ","Value":[null]}""", "expected a data set as an object, found null", "00291001[0]")]
    [InlineData("""{"vr":"SQ","Value":[{},{"0008":{}}]}""", "expected a tag of eight hexadecimal digits as the name", "00291001[1]")]
    [InlineData("""{"vr":"SQ","Value":[{"00081150":{"vr":"UI","Value":[1]}}]}""", "expected a string", "00291001[0].00081150")]
    [InlineData("""{"vr":"OB","InlineBinary":"QQ==","BulkDataURI":"x"}""", "expected at most one of Value, BulkDataURI and InlineBinary")]
    [InlineData("""{"vr":"CS"},"00291001":{"vr":"CS"}""", "the attribute is there twice")]
    [InlineData("""{"vr":"CS",}""", "this is no JSON")]
    public void What_is_wrong_is_said_with_its_place(string attribute, string expected, string path = "00291001")
    {
        var fault = Should.Throw<DicomJsonException>(() => Read(attribute));
        fault.Path.ShouldBe(path);
        fault.Message.ShouldStartWith($"{path}: ");
        fault.Message.ShouldContain(expected);
    }

    [Fact]
    public void What_speaks_of_another_encoding_is_passed_over() =>
        DicomDataset.ParseJson("""{"00020010":{"vr":"UI","Value":["1.2"]},"00080000":{"vr":"UL","Value":[1]},"00080060":{"vr":"CS","Value":["CT"]}}"""u8)
            .Select(element => element.Tag).ShouldBe([DicomTag.Modality]);

    [Fact]
    public void Text_is_utf8_whatever_character_set_is_named()
    {
        var dataset = DicomDataset.ParseJson("""{"00080005":{"vr":"CS","Value":["ISO_IR 100"]},"00100010":{"vr":"PN","Value":[{"Alphabetic":"山田^Jörg"}]}}"""u8);
        dataset.GetString(DicomTag.PatientName).ShouldBe("山田^Jörg");
        DicomDataset.Parse(dataset.ToBytes(TransferSyntax.ExplicitVRLittleEndian), TransferSyntax.ExplicitVRLittleEndian).GetString(DicomTag.PatientName).ShouldBe("山田^Jörg");
    }

    [Theory, InlineData(3, true), InlineData(4, false)]
    public void Sequences_are_read_as_deep_as_allowed(int depth, bool isRead)
    {
        const string open = """{"00081115":{"vr":"SQ","Value":[""", close = "]}}";
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(open, depth)) + """{"00100010":{"vr":"PN","Value":[{"Alphabetic":"A"}]}}""" + string.Concat(Enumerable.Repeat(close, depth)));
        var options = new DicomJsonReadOptions { MaxDepth = 3 };
        if (isRead) DicomDataset.ParseJson(text, options).Count.ShouldBe(1);
        else Should.Throw<DicomJsonException>(() => DicomDataset.ParseJson(text, options)).Message.ShouldContain("deeper than 3");
    }

    [Fact]
    public void Brackets_without_end_are_refused_and_not_followed() =>
        Should.Throw<DicomJsonException>(() => DicomDataset.ParseJson(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("""{"00081115":{"Value":[""", 100_000)))));

    private static DicomDataset Read(string attribute) => DicomDataset.ParseJson(Encoding.UTF8.GetBytes($$"""{"00291001":{{attribute}}}"""));
}
