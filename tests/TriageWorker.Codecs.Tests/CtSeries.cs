using System.Globalization;
using System.Runtime.InteropServices;
using TriageWorker.Dicom;
using TriageWorker.Imaging.Decoding;
using TriageWorker.Imaging.Series;
using TriageWorker.Testing;

namespace TriageWorker.Codecs.Tests;

/// <summary>A small CT series whose values use every stored bit, in a folder of its own; the peers compress it.</summary>
internal sealed class CtSeries : IDisposable
{
    public const int Slices = 6, Rows = 40, Columns = 56;

    private readonly TemporaryFolder _folder = new();

    /// <param name="stored">Bits of each value.</param>
    public CtSeries(int stored = 12, bool isSigned = false)
    {
        for (var k = 0; k < Slices; k++) new DicomFile(Slice(k, stored, isSigned)).Write(_folder.At(Name(k)));
    }

    public string[] Files => [.. Directory.GetFiles(_folder.Path, "*.dcm").Order(StringComparer.Ordinal)];

    /// <summary>Has each slice rewritten by a peer.</summary>
    public async Task<CtSeries> RewrittenAsync(string tool, params string[] arguments)
    {
        foreach (var file in Files)
        {
            (await ExternalTool.RunAsync(tool, [.. arguments, file, file + ".new"])).Expect();
            File.Move(file + ".new", file, overwrite: true);
        }

        return this;
    }

    /// <summary>The same values as one Enhanced CT object, frames in an order of their own, each with its place in its functional group (PS3.3 A.38).</summary>
    public CtSeries AsOneFile(Func<DicomDataset, int, DicomDataset>? change = null)
    {
        DicomDataset[] slices = [.. Files.Select(file => DicomFile.Read(file).Dataset)];
        foreach (var file in Files) File.Delete(file);
        int[] order = [.. Enumerable.Range(0, slices.Length).OrderBy(k => k * 5 % slices.Length)];
        var whole = Slice(0, slices[0].GetInt32(DicomTag.BitsStored)!.Value, slices[0].GetInt32(DicomTag.PixelRepresentation) == 1);
        foreach (var moved in (DicomTag[])[DicomTag.ImagePositionPatient, DicomTag.ImageOrientationPatient, DicomTag.PixelSpacing, DicomTag.RescaleIntercept, DicomTag.RescaleSlope]) whole.Remove(moved);
        whole.Set(DicomTag.SOPClassUID, DicomUid.EnhancedCTImageStorage)
            .Set(DicomTag.NumberOfFrames, slices.Length)
            .Set(new DicomElement(DicomTag.SharedFunctionalGroupsSequence, [new DicomDataset()
                .Set(Group(DicomTag.PixelMeasuresSequence, new DicomDataset().Set(DicomTag.PixelSpacing, 1.0, 1.0)))
                .Set(Group(DicomTag.PlaneOrientationSequence, new DicomDataset().Set(DicomTag.ImageOrientationPatient, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0)))
                .Set(Group(DicomTag.CTImageFrameTypeSequence, new DicomDataset().Set(DicomTag.FrameType, "ORIGINAL", "PRIMARY", "VOLUME", "NONE")))]))
            .Set(new DicomElement(DicomTag.PerFrameFunctionalGroupsSequence, [.. order.Select(k => (change ?? ((own, _) => own))(new DicomDataset()
                .Set(Group(DicomTag.PlanePositionSequence, new DicomDataset().Set(DicomTag.ImagePositionPatient, 0.0, 0.0, k * 10.0)))
                .Set(Group(DicomTag.PixelValueTransformationSequence, new DicomDataset().Set(DicomTag.RescaleIntercept, -1024.0).Set(DicomTag.RescaleSlope, k + 1.0))), k))]))
            .Set(DicomTag.PixelData, DicomVR.OW, order.SelectMany(k => slices[k].GetBytes(DicomTag.PixelData).ToArray()).ToArray());
        new DicomFile(whole).Write(_folder.At("enhanced.dcm"));
        return this;
    }

    public SeriesSelection Select(DecodableSyntaxes decodes) =>
        SeriesSelection.Of(StudyHeaders.Read(Files, 0, TestContext.Current.CancellationToken), new SeriesNeeds(), decodes);

    /// <summary>Hounsfield units of every voxel, in the order of the geometry.</summary>
    public double[] Values(FrameDecoder decoder)
    {
        var selection = Select(decoder.Decodes);
        var volume = new DicomSlices(selection.Chosen.ShouldNotBeNull(selection.WhyNone()).Geometry, decoder).ToVolume(TestContext.Current.CancellationToken);
        return [.. from k in Enumerable.Range(0, Slices) from j in Enumerable.Range(0, Rows) from i in Enumerable.Range(0, Columns) select volume.HuAt(i, j, k)];
    }

    public string Digest(FrameDecoder decoder) =>
        new DicomSlices(Select(decoder.Decodes).Chosen!.Geometry, decoder).Digest(0, TestContext.Current.CancellationToken);

    public void Dispose() => _folder.Dispose();

    private static DicomElement Group(DicomTag tag, DicomDataset item) => new(tag, [item]);

    private static string Name(int slice) => string.Create(CultureInfo.InvariantCulture, $"{slice:000}.dcm");

    private static DicomDataset Slice(int k, int stored, bool isSigned) => AxialSlice.Header(k, Rows, Columns)
        .Set(DicomTag.BitsStored, stored)
        .Set(DicomTag.HighBit, stored - 1)
        .Set(DicomTag.PixelRepresentation, isSigned ? 1 : 0)
        .Set(DicomTag.RescaleIntercept, -1024.0)
        .Set(DicomTag.RescaleSlope, k + 1.0)
        .Set(DicomTag.PixelData, DicomVR.OW, MemoryMarshal.AsBytes(Pixels(k, stored, isSigned).AsSpan()).ToArray());

    // A slope with noise on it that comes to both ends of the range; signs extended as scanners write them.
    private static short[] Pixels(int k, int stored, bool isSigned)
    {
        var random = new Random(k);
        var range = 1 << stored;
        return [.. Enumerable.Range(0, Rows * Columns).Select(n => unchecked((short)((n % 97 == 0 ? random.Next(range) : (n * range / (Rows * Columns) + random.Next(32)) % range) - (isSigned ? range / 2 : 0))))];
    }
}
