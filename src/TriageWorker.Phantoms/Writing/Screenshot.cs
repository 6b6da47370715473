using TriageWorker.Dicom;

namespace TriageWorker.Phantoms.Writing;

/// <summary>One coronal picture as secondary capture (PS3.3, A.8): a study in which there is nothing to score.</summary>
internal static class Screenshot
{
    public const int Count = 1;

    public static DicomDataset Image(StudyHeader header, int series, int index)
    {
        var geometry = header.Study.Geometry;
        int columns = geometry.Columns, rows = Math.Max(1, (int)(geometry.SliceSpacing * geometry.Slices / geometry.PixelSpacing));
        var pixels = new byte[columns * rows + columns * rows % 2];
        for (var row = 0; row < rows; row++)
        {
            var line = header.Study.Slice((rows - 1 - row) * geometry.Slices / rows).Slice(geometry.Rows / 2 * columns, columns);
            for (var c = 0; c < columns; c++) pixels[row * columns + c] = (byte)Math.Clamp((line[c] + 160) * 255 / 400, 0, 255);
        }

        var image = header.Series(DicomUid.SecondaryCaptureImageStorage, "OT", series, "screenshot", index + 1)
            .Set(DicomTag.ConversionType, "WSD")
            .Set(DicomTag.ImageType, "DERIVED", "SECONDARY")
            .SetEmpty(DicomTag.PatientOrientation);
        return StudyHeader.Pixels(image, columns, rows, 8, pixels);
    }
}
