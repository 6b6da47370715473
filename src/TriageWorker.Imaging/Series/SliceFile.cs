using TriageWorker.Dicom;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Series;

/// <summary>Reads one image file's header; pixel data stays in the file.</summary>
public static class SliceFile
{
    private static readonly DicomReadOptions Options = DicomReadOptions.HeaderOnly with { AcceptShortPixelData = true };

    /// <returns>The header, or why the file cannot be understood.</returns>
    /// <exception cref="IOException">The file cannot be read at all: a fault of the world, worth another try.</exception>
    public static Reading<SliceHeader> Read(string path)
    {
        try
        {
            return new Reading<SliceHeader>.Of(HeaderOf(DicomFile.Read(path, Options), path));
        }
        catch (DicomFormatException fault)
        {
            return new Reading<SliceHeader>.Not($"a file is not readable as DICOM: {fault.Message}");
        }
    }

    private static SliceHeader HeaderOf(DicomFile file, string path)
    {
        var data = file.Dataset;
        var orientation = data.GetDoubles(DicomTag.ImageOrientationPatient);
        return new SliceHeader
        {
            Path = path,
            StudyUid = data.GetString(DicomTag.StudyInstanceUID),
            SeriesUid = data.GetString(DicomTag.SeriesInstanceUID),
            SopUid = data.GetString(DicomTag.SOPInstanceUID),
            SopClass = data.GetString(DicomTag.SOPClassUID),
            Patient = new PatientIdentity(data.GetString(DicomTag.PatientID), data.GetString(DicomTag.IssuerOfPatientID), data.GetString(DicomTag.PatientBirthDate)),
            Modality = data.GetString(DicomTag.Modality),
            ImageType = data.GetStrings(DicomTag.ImageType),
            SeriesNumber = data.GetInt32(DicomTag.SeriesNumber),
            Kernel = data.GetString(DicomTag.ConvolutionKernel),
            RescaleType = data.GetString(DicomTag.RescaleType),
            AgeYears = PatientAge.Of(data),
            Position = Triple(data.GetDoubles(DicomTag.ImagePositionPatient), 0, 3),
            RowDirection = Triple(orientation, 0, 6),
            ColumnDirection = Triple(orientation, 3, 6),
            PixelSpacing = data.GetDoubles(DicomTag.PixelSpacing) is [var rows, var columns] ? (rows, columns) : null,
            Pixels = PixelsOf(file),
        };
    }

    private static StoredPixels PixelsOf(DicomFile file)
    {
        var data = file.Dataset;
        data.TryGet(DicomTag.PixelData, out var pixels);
        return new StoredPixels
        {
            TransferSyntax = file.TransferSyntax.Uid,
            Rows = data.GetInt32(DicomTag.Rows),
            Columns = data.GetInt32(DicomTag.Columns),
            SamplesPerPixel = data.GetInt32(DicomTag.SamplesPerPixel) ?? 1,
            Frames = data.GetInt32(DicomTag.NumberOfFrames) ?? 1,
            Photometric = data.GetString(DicomTag.PhotometricInterpretation),
            BitsAllocated = data.GetInt32(DicomTag.BitsAllocated),
            BitsStored = data.GetInt32(DicomTag.BitsStored),
            HighBit = data.GetInt32(DicomTag.HighBit),
            IsSigned = data.GetInt32(DicomTag.PixelRepresentation) == 1,
            Rescale = (data.GetDouble(DicomTag.RescaleSlope), data.GetDouble(DicomTag.RescaleIntercept)) is ({ } slope, { } intercept) ? new Rescale(slope, intercept) : null,
            WasLossy = data.GetString(DicomTag.LossyImageCompression) == "01",
            HasPixelData = pixels is not null,
            Offset = pixels is { IsEncapsulated: false, FileOffset: >= 0 } ? pixels.FileOffset : null,
            Present = pixels is { IsEncapsulated: false } ? pixels.Length - pixels.MissingBytes : 0,
        };
    }

    private static Vector3d? Triple(IReadOnlyList<double> values, int from, int expected) =>
        values.Count == expected ? new Vector3d(values[from], values[from + 1], values[from + 2]) : null;
}
