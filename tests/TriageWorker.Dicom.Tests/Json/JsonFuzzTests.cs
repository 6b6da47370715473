using TriageWorker.Dicom.Json;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Json;

/// <summary>Nothing but <see cref="DicomJsonException"/> ever comes out of a text.</summary>
public sealed class JsonFuzzTests
{
    private static readonly byte[] Whole = Sample();

    [Fact]
    public void A_text_cut_anywhere_is_refused()
    {
        for (var cut = 0; cut < Whole.Length; cut++) Should.Throw<DicomJsonException>(() => DicomDataset.ParseJson(Whole.AsSpan(0, cut)));
    }

    [Fact]
    public void A_text_with_any_byte_changed_is_read_or_refused() => Fuzz.Cases(fast: 5_000, whole: 200_000, random => ReadOrRefuse(Mutation.Of(Whole, random)));

    [Fact]
    public Task A_stream_with_any_byte_changed_is_read_or_refused() => Fuzz.CasesAsync(fast: 1_000, whole: 50_000, async random =>
    {
        byte[] array = [(byte)'[', .. Whole, (byte)',', .. Whole, (byte)']'];
        try
        {
            await foreach (var dataset in DicomDataset.ReadJsonAsync(new MemoryStream(Mutation.Of(array, random)))) dataset.ToJson();
        }
        catch (DicomJsonException)
        {
        }
    });

    /// <summary>What was read can be asked for its values and written as JSON again, and the second reading is as the first.</summary>
    private static void ReadOrRefuse(byte[] text)
    {
        DicomDataset dataset;
        try
        {
            dataset = DicomDataset.ParseJson(text);
        }
        catch (DicomJsonException)
        {
            return;
        }
        var again = dataset.ToJson();
        DicomDataset.ParseJson(again).ToJson().ShouldBe(again);
    }

    private static byte[] Sample() => Files.Sample.Dataset()
        .Set(DicomTag.TextValue, "Grüße \"\\\n").Set(new DicomTag(0x0029, 0x1002), DicomVR.FL, double.NaN, 1.5, double.NegativeInfinity)
        .Set(new DicomTag(0x0029, 0x1003), DicomVR.UV, 1e18).Set(new DicomTag(0x0029, 0x1004), DicomVR.DS, "1.50", "bad", "+1")
        .ToJson(new DicomJsonWriteOptions { InlineUpTo = 4, BulkDataUri = (path, element) => element.VR == DicomVR.OW ? new Uri("bulk/" + path, UriKind.Relative) : null });
}
