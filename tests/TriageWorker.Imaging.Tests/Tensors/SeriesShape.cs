using System.Globalization;
using System.Runtime.InteropServices;
using TriageWorker.Dicom;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Testing;

namespace TriageWorker.Imaging.Tests.Tensors;

/// <summary>How the slices of a series lie. The files that are written of it hold noise, which forgives no misplaced voxel, each slice with a rescale of its own.</summary>
/// <param name="Places">Image Position (Patient) of each slice.</param>
internal sealed record SeriesShape(int Columns, int Rows, Vector3d[] Places)
{
    public Vector3d Along { get; init; } = new(1, 0, 0);

    public Vector3d Down { get; init; } = new(0, 1, 0);

    public double RowMm { get; init; } = 0.917;

    public double ColumnMm { get; init; } = 0.683;

    /// <summary>Slice Thickness of each slice.</summary>
    public Func<int, double>? Thickness { get; init; }

    /// <param name="step">From slice to slice.</param>
    public static SeriesShape Of(int columns, int rows, int slices, Vector3d step) => At(columns, rows, Enumerable.Range(0, slices).Select(k => step * k));

    /// <param name="steps">From the first place to that of each slice.</param>
    public static SeriesShape At(int columns, int rows, IEnumerable<Vector3d> steps) => new(columns, rows, [.. steps.Select(step => new Vector3d(-61.3, -48.7, -312.5) + step)]);

    /// <summary>One file for each slice, the last one first.</summary>
    public void Write(TemporaryFolder folder)
    {
        var pixels = new byte[2 * Columns * Rows];
        for (var k = 0; k < Places.Length; k++)
            new DicomFile(Header(k).Set(DicomTag.PixelData, DicomVR.OW, Noise(k, pixels).ToArray())).Write(folder.At(string.Create(CultureInfo.InvariantCulture, $"{Places.Length - k:0000}.dcm")));
    }

    /// <summary>One file of as many frames, in an order of their own (PS3.3 A.38, A.70).</summary>
    /// <param name="phase">Temporal Position Index of each slice.</param>
    public void WriteFrames(TemporaryFolder folder, string sopClass, Func<int, int>? phase = null)
    {
        int[] order = [.. Enumerable.Range(0, Places.Length).OrderBy(k => (k * 7) % Places.Length)];
        var pixels = new byte[2 * Columns * Rows];
        var whole = Header(0).Set(DicomTag.SOPClassUID, sopClass).Set(DicomTag.NumberOfFrames, Places.Length);
        foreach (var moved in (DicomTag[])[DicomTag.ImagePositionPatient, DicomTag.ImageOrientationPatient, DicomTag.PixelSpacing, DicomTag.RescaleIntercept, DicomTag.RescaleSlope, DicomTag.SliceThickness]) whole.Remove(moved);
        whole.Set(new DicomElement(DicomTag.SharedFunctionalGroupsSequence, [new DicomDataset()
                .Set(Group(DicomTag.PixelMeasuresSequence, new DicomDataset().Set(DicomTag.PixelSpacing, RowMm, ColumnMm)))
                .Set(Group(DicomTag.PlaneOrientationSequence, new DicomDataset().Set(DicomTag.ImageOrientationPatient, Along.X, Along.Y, Along.Z, Down.X, Down.Y, Down.Z)))]))
            .Set(new DicomElement(DicomTag.PerFrameFunctionalGroupsSequence, [.. order.Select(k => new DicomDataset()
                .Set(Group(DicomTag.FrameContentSequence, new DicomDataset().Set(DicomTag.TemporalPositionIndex, phase?.Invoke(k) ?? 1)))
                .Set(Group(DicomTag.PlanePositionSequence, new DicomDataset().Set(DicomTag.ImagePositionPatient, Places[k].X, Places[k].Y, Places[k].Z)))
                .Set(Group(DicomTag.PixelValueTransformationSequence, new DicomDataset().Set(DicomTag.RescaleIntercept, -1024.0).Set(DicomTag.RescaleSlope, SlopeOf(k)))))]))
            .Set(DicomTag.PixelData, DicomVR.OW, order.SelectMany(k => Noise(k, pixels).ToArray()).ToArray());
        new DicomFile(whole).Write(folder.At("frames.dcm"));
    }

    private DicomDataset Header(int k)
    {
        var data = AxialSlice.Header(k, Rows, Columns)
            .Set(DicomTag.ImagePositionPatient, Places[k].X, Places[k].Y, Places[k].Z)
            .Set(DicomTag.ImageOrientationPatient, Along.X, Along.Y, Along.Z, Down.X, Down.Y, Down.Z)
            .Set(DicomTag.PixelSpacing, RowMm, ColumnMm)
            .Set(DicomTag.BitsStored, 12)
            .Set(DicomTag.HighBit, 11)
            .Set(DicomTag.PixelRepresentation, 0)
            .Set(DicomTag.RescaleIntercept, -1024.0)
            .Set(DicomTag.RescaleSlope, SlopeOf(k));
        return Thickness is { } thickness ? data.Set(DicomTag.SliceThickness, thickness(k)) : data;
    }

    private static double SlopeOf(int k) => 1 + (0.25 * (k % 3));

    private static Span<byte> Noise(int k, byte[] pixels)
    {
        new Random(k).NextBytes(pixels);
        foreach (ref var cell in MemoryMarshal.Cast<byte, ushort>(pixels.AsSpan())) cell &= 0x7FF;
        return pixels;
    }

    private static DicomElement Group(DicomTag tag, DicomDataset item) => new(tag, [item]);
}
