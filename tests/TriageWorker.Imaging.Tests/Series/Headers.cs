using System.Globalization;
using TriageWorker.Dicom;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Series;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Tests.Series;

/// <summary>Headers of a series as a good scanner sends them; tests break them in one way each.</summary>
internal static class Headers
{
    public static SliceHeader[] Stack(int slices = 64, double spacing = 1, double bottom = -100, string series = "2.25.1") =>
        [.. Enumerable.Range(0, slices).Select(k => Slice(k, bottom + (k * spacing), series))];

    public static SliceHeader Slice(int number, double z, string series = "2.25.1") => new()
    {
        Path = "",
        StudyUid = "2.25.9",
        SeriesUid = series,
        SopUid = string.Create(CultureInfo.InvariantCulture, $"{series}.{number + 1}"),
        SopClass = DicomUid.CTImageStorage,
        Modality = "CT",
        ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"],
        Position = new Vector3d(-200, -180, z),
        RowDirection = new Vector3d(1, 0, 0),
        ColumnDirection = new Vector3d(0, 1, 0),
        PixelSpacing = (0.8, 0.8),
        Pixels = new StoredPixels
        {
            TransferSyntax = DicomUid.ExplicitVRLittleEndian,
            Rows = 512,
            Columns = 512,
            Photometric = "MONOCHROME2",
            BitsAllocated = 16,
            BitsStored = 12,
            HighBit = 11,
            Rescale = new Rescale(1, -1024),
            HasPixelData = true,
            Offset = 1000,
            Present = 512 * 512 * 2,
        },
    };

    public static SliceHeader[] Each(this SliceHeader[] slices, Func<SliceHeader, SliceHeader> change) => [.. slices.Select(change)];

    public static SliceHeader[] At(this SliceHeader[] slices, int index, Func<SliceHeader, SliceHeader> change) =>
        [.. slices.Select((slice, n) => n == index ? change(slice) : slice)];

    public static SliceHeader With(this SliceHeader slice, Func<StoredPixels, StoredPixels> change) => slice with { Pixels = change(slice.Pixels) };

    public static SeriesSelection Select(params SliceHeader[][] series) => Select(new SeriesNeeds(), series);

    public static SeriesSelection Select(SeriesNeeds needs, params SliceHeader[][] series) =>
        SeriesSelection.Of([.. series.SelectMany(s => s).Select(h => new Reading<SliceHeader>.Of(h))], needs);
}
