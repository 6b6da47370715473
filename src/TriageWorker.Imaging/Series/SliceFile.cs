using TriageWorker.Dicom;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Series;

/// <summary>Reads the headers in one image file; pixel data stays in the file.</summary>
public static class SliceFile
{
    internal static DicomReadOptions Options { get; } = DicomReadOptions.HeaderOnly with { AcceptShortPixelData = true };

    /// <returns>One header for each frame that the file places (Enhanced CT), else one for the file; or why it cannot be understood.</returns>
    /// <exception cref="IOException">The file cannot be read at all: a fault of the world, worth another try.</exception>
    public static IReadOnlyList<Reading<SliceHeader>> Read(string path)
    {
        try
        {
            var file = DicomFile.Read(path, Options);
            return FrameAttributes.Of(file.Dataset) is { } frames
                ? [.. frames.Select((frame, n) => new Reading<SliceHeader>.Of(HeaderOf(file, path, frame, n)))]
                : [new Reading<SliceHeader>.Not($"a file of {file.Dataset.GetInt32(DicomTag.NumberOfFrames) ?? 1} frames describes {file.Dataset.GetSequence(DicomTag.PerFrameFunctionalGroupsSequence).Count}")];
        }
        catch (DicomFormatException fault)
        {
            return [new Reading<SliceHeader>.Not($"a file is not readable as DICOM: {fault.Message}")];
        }
    }

    private static SliceHeader HeaderOf(DicomFile file, string path, FrameAttributes frame, int number)
    {
        var data = file.Dataset;
        var orientation = frame.Holding(DicomTag.ImageOrientationPatient, DicomTag.PlaneOrientationSequence).GetDoubles(DicomTag.ImageOrientationPatient);
        return new SliceHeader
        {
            Path = path,
            StudyUid = data.GetString(DicomTag.StudyInstanceUID),
            SeriesUid = data.GetString(DicomTag.SeriesInstanceUID),
            SopUid = data.GetString(DicomTag.SOPInstanceUID),
            SopClass = data.GetString(DicomTag.SOPClassUID),
            Patient = new PatientIdentity(data.GetString(DicomTag.PatientID), data.GetString(DicomTag.IssuerOfPatientID), data.GetString(DicomTag.PatientBirthDate)),
            Modality = data.GetString(DicomTag.Modality),
            ImageType = frame.Holding(DicomTag.FrameType, DicomTag.CTImageFrameTypeSequence) is var types && types != data ? types.GetStrings(DicomTag.FrameType) : data.GetStrings(DicomTag.ImageType),
            SeriesNumber = data.GetInt32(DicomTag.SeriesNumber),
            Kernel = frame.Holding(DicomTag.ConvolutionKernel, DicomTag.CTReconstructionSequence).GetString(DicomTag.ConvolutionKernel),
            RescaleType = frame.Holding(DicomTag.RescaleType, DicomTag.PixelValueTransformationSequence).GetString(DicomTag.RescaleType),
            AgeYears = PatientAge.Of(data),
            Position = Triple(frame.Holding(DicomTag.ImagePositionPatient, DicomTag.PlanePositionSequence).GetDoubles(DicomTag.ImagePositionPatient), 0, 3),
            RowDirection = Triple(orientation, 0, 6),
            ColumnDirection = Triple(orientation, 3, 6),
            PixelSpacing = frame.Holding(DicomTag.PixelSpacing, DicomTag.PixelMeasuresSequence).GetDoubles(DicomTag.PixelSpacing) is [var rows, var columns] ? (rows, columns) : null,
            ThicknessMm = frame.Holding(DicomTag.SliceThickness, DicomTag.PixelMeasuresSequence).GetDouble(DicomTag.SliceThickness) is > 0 and var thickness && double.IsFinite(thickness) ? thickness : null,
            FrameOfReference = data.GetString(DicomTag.FrameOfReferenceUID),
            Stack = frame.Holding(DicomTag.StackID, DicomTag.FrameContentSequence).GetString(DicomTag.StackID),
            Acquisition = frame.Holding(DicomTag.FrameAcquisitionNumber, DicomTag.FrameContentSequence).GetInt32(DicomTag.FrameAcquisitionNumber) ?? data.GetInt32(DicomTag.AcquisitionNumber),
            Phase = frame.Holding(DicomTag.TemporalPositionIndex, DicomTag.FrameContentSequence).GetInt32(DicomTag.TemporalPositionIndex) ?? data.GetInt32(DicomTag.TemporalPositionIdentifier),
            Pixels = PixelsOf(file, frame, number),
        };
    }

    private static StoredPixels PixelsOf(DicomFile file, FrameAttributes frame, int number)
    {
        var data = file.Dataset;
        data.TryGet(DicomTag.PixelData, out var pixels);
        var values = frame.Holding(DicomTag.RescaleSlope, DicomTag.PixelValueTransformationSequence);
        var frames = data.GetInt32(DicomTag.NumberOfFrames) ?? 1;
        return new StoredPixels
        {
            TransferSyntax = file.TransferSyntax.Uid,
            Rows = data.GetInt32(DicomTag.Rows),
            Columns = data.GetInt32(DicomTag.Columns),
            SamplesPerPixel = data.GetInt32(DicomTag.SamplesPerPixel) ?? 1,
            Frames = frames,
            Frame = frame.IsOneOfSeveral ? number : null,
            Photometric = data.GetString(DicomTag.PhotometricInterpretation),
            BitsAllocated = data.GetInt32(DicomTag.BitsAllocated),
            BitsStored = data.GetInt32(DicomTag.BitsStored),
            HighBit = data.GetInt32(DicomTag.HighBit),
            IsSigned = data.GetInt32(DicomTag.PixelRepresentation) == 1,
            Rescale = (values.GetDouble(DicomTag.RescaleSlope), values.GetDouble(DicomTag.RescaleIntercept)) is ({ } slope, { } intercept) ? new Rescale(slope, intercept) : null,
            WasLossy = data.GetString(DicomTag.LossyImageCompression) == "01",
            HasPixelData = pixels is not null,
            Offset = pixels is { IsEncapsulated: false, FileOffset: >= 0 } ? pixels.FileOffset : null,
            Present = pixels is { IsEncapsulated: false } ? pixels.Length - pixels.MissingBytes : 0,
            IsCutShort = pixels is { IsEncapsulated: true, MissingBytes: > 0 },
        };
    }

    private static Vector3d? Triple(IReadOnlyList<double> values, int from, int expected) =>
        values.Count == expected ? new Vector3d(values[from], values[from + 1], values[from + 2]) : null;
}
