using TriageWorker.Dicom;

namespace TriageWorker.Phantoms.Writing;

/// <summary>Two scout views, from the front and from the side: the sums of attenuation through the body.</summary>
internal static class ScoutCt
{
    public const int Count = 2;
    private const double MillimetresPerUnit = 0.35; // a sum through 300 mm of water comes to about −150

    public static DicomDataset Image(StudyHeader header, int series, int index)
    {
        var geometry = header.Study.Geometry;
        var fromFront = index == 0;
        var columns = fromFront ? geometry.Columns : geometry.Rows;
        var height = geometry.SliceSpacing * (geometry.Slices - 1);
        var rows = Math.Max(1, (int)(height / geometry.PixelSpacing) + 1);
        var top = geometry.OriginZ + height;
        var image = header.Series(DicomUid.CTImageStorage, "CT", series, fromFront ? "scout a.p." : "scout lateral", index + 1);
        var position = fromFront ? (geometry.OriginX, 0.0, top) : (0.0, geometry.OriginY, top);
        header.InPatient(image, position, fromFront ? [1, 0, 0, 0, 0, -1] : [0, 1, 0, 0, 0, -1], geometry.PixelSpacing);
        AxialCt.Acquisition(image, "LOCALIZER", index + 1)
            .Set(DicomTag.SliceThickness, 1)
            .Set(DicomTag.WindowCenter, -100)
            .Set(DicomTag.WindowWidth, 1200);
        return StudyHeader.Pixels(image, columns, rows, 12, AxialCt.Stored(Project(header.Study, fromFront, columns, rows)));
    }

    private static short[] Project(PhantomStudy study, bool fromFront, int columns, int rows)
    {
        var geometry = study.Geometry;
        var pixels = new short[columns * rows];
        var line = new double[columns];
        for (var row = 0; row < rows; row++)
        {
            var slice = geometry.Slices - 1 - (int)Math.Round(row * geometry.PixelSpacing / geometry.SliceSpacing);
            Array.Clear(line);
            var source = study.Slice(Math.Clamp(slice, 0, geometry.Slices - 1));
            for (var i = 0; i < source.Length; i++) line[fromFront ? i % columns : i / geometry.Columns] += Math.Max(0, source[i] + 1000);
            for (var c = 0; c < columns; c++)
            {
                var throughBody = line[c] / 1000 * geometry.PixelSpacing; // millimetres of water
                pixels[row * columns + c] = (short)Math.Clamp(throughBody / MillimetresPerUnit - 1000, -1024, 3071);
            }
        }

        return pixels;
    }
}
