using System.Buffers.Binary;
using System.Globalization;
using TriageWorker.Dicom;

namespace TriageWorker.Phantoms.Writing;

/// <summary>The axial series as CT images (PS3.3, A.3): 12 bits stored, Hounsfield units by a rescale of −1024.</summary>
internal static class AxialCt
{
    private const int Intercept = -1024, Highest = 4095;
    private static readonly double[] Orientation = [1, 0, 0, 0, 1, 0];

    public static int Count(StudyHeader header) => header.Study.Geometry.Slices;

    /// <param name="index">0 is the uppermost slice: a scan runs from head to feet.</param>
    public static DicomDataset Image(StudyHeader header, int series, int index)
    {
        var (study, geometry) = (header.Study, header.Study.Geometry);
        var slice = geometry.Slices - 1 - index;
        var z = geometry.OriginZ + slice * geometry.SliceSpacing;
        var name = string.Create(CultureInfo.InvariantCulture, $"axial {geometry.SliceSpacing:0.0} mm soft{(study.Patient.Contrast ? " portal venous" : "")}");
        var image = header.Series(DicomUid.CTImageStorage, "CT", series, name, index + 1);
        header.InPatient(image, (geometry.OriginX, geometry.OriginY, z), Orientation, geometry.PixelSpacing);
        Acquisition(image, "AXIAL", index + 1)
            .Set(DicomTag.SliceThickness, StudyHeader.Round(geometry.SliceSpacing))
            .Set(DicomTag.SliceLocation, StudyHeader.Round(z))
            .Set(DicomTag.ConvolutionKernel, "SOFT")
            .Set(DicomTag.ReconstructionDiameter, StudyHeader.Round(geometry.PixelSpacing * geometry.Columns))
            .Set(DicomTag.TableHeight, 150)
            .Set(DicomTag.RescaleType, "HU")
            .Set(DicomTag.SpiralPitchFactor, DicomVR.FD, 0.98);
        if (study.Patient.Contrast) image.Set(DicomTag.ContrastBolusAgent, "SYNTHETIC").Set(DicomTag.ContrastBolusRoute, "IV");
        return StudyHeader.Pixels(image, geometry.Columns, geometry.Rows, 12, Stored(study.Slice(slice)));
    }

    /// <summary>What all CT images of this scanner say about how they were made (PS3.3, C.8.2.1).</summary>
    public static DicomDataset Acquisition(DicomDataset image, string type, int number)
        => image
            .Set(DicomTag.ImageType, "ORIGINAL", "PRIMARY", type)
            .Set(DicomTag.AcquisitionNumber, type == "AXIAL" ? 1 : number)
            .Set(DicomTag.KVP, 120)
            .Set(DicomTag.DataCollectionDiameter, 500)
            .Set(DicomTag.GantryDetectorTilt, 0)
            .Set(DicomTag.RotationDirection, "CW")
            .Set(DicomTag.ExposureTime, 500)
            .Set(DicomTag.XRayTubeCurrent, 200)
            .Set(DicomTag.Exposure, 100)
            .Set(DicomTag.RescaleIntercept, Intercept)
            .Set(DicomTag.RescaleSlope, 1)
            .Set(DicomTag.WindowCenter, 40)
            .Set(DicomTag.WindowWidth, 400);

    public static byte[] Stored(ReadOnlySpan<short> hounsfield)
    {
        var bytes = new byte[hounsfield.Length * 2];
        for (var i = 0; i < hounsfield.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * i), (ushort)Math.Clamp(hounsfield[i] - Intercept, 0, Highest));
        return bytes;
    }
}
