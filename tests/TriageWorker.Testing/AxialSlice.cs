using System.Globalization;
using TriageWorker.Dicom;

namespace TriageWorker.Testing;

/// <summary>The header of one slice of a small axial CT series as a good scanner writes it; a test sets what it is about, and the pixels.</summary>
public static class AxialSlice
{
    /// <summary>Pixels of 1 mm, slices 10 mm apart, 16 bits signed, values that are Hounsfield units.</summary>
    public static DicomDataset Header(int slice, int rows, int columns) => new DicomDataset()
        .Set(DicomTag.SOPClassUID, DicomUid.CTImageStorage)
        .Set(DicomTag.SOPInstanceUID, string.Create(CultureInfo.InvariantCulture, $"2.25.7.{slice + 1}"))
        .Set(DicomTag.StudyInstanceUID, "2.25.5")
        .Set(DicomTag.SeriesInstanceUID, "2.25.6")
        .Set(DicomTag.Modality, "CT")
        .Set(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "AXIAL")
        .Set(DicomTag.ImagePositionPatient, 0.0, 0.0, slice * 10.0)
        .Set(DicomTag.ImageOrientationPatient, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
        .Set(DicomTag.PixelSpacing, 1.0, 1.0)
        .Set(DicomTag.Rows, rows)
        .Set(DicomTag.Columns, columns)
        .Set(DicomTag.SamplesPerPixel, 1)
        .Set(DicomTag.PhotometricInterpretation, "MONOCHROME2")
        .Set(DicomTag.BitsAllocated, 16)
        .Set(DicomTag.BitsStored, 16)
        .Set(DicomTag.HighBit, 15)
        .Set(DicomTag.PixelRepresentation, 1)
        .Set(DicomTag.RescaleIntercept, 0.0)
        .Set(DicomTag.RescaleSlope, 1.0);
}
