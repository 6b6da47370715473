using System.Globalization;
using TriageWorker.Dicom;

namespace TriageWorker.Phantoms.Writing;

/// <summary>The modules that all images of a study share: patient, study, series, frame of reference, equipment, general image, pixels.</summary>
internal sealed class StudyHeader(PhantomStudy study, PhantomWriteOptions options)
{
    private const string Description = "SYNTHETIC phantom, no patient";

    public StudyIdentity Identity { get; } = new(study, options);

    public PhantomStudy Study => study;

    /// <param name="modality">CT, MR or OT.</param>
    /// <param name="series">Series number.</param>
    /// <param name="name">What the series is.</param>
    public DicomDataset Series(string sopClass, string modality, int series, string name, int instance)
    {
        var (id, time) = (Identity, Identity.Time.AddSeconds(40 * series));
        return new DicomDataset()
            .Set(DicomTag.SpecificCharacterSet, "ISO_IR 192")
            .Set(DicomTag.SOPClassUID, sopClass)
            .Set(DicomTag.SOPInstanceUID, id.Uid($"image {series} {instance}"))
            .Set(DicomTag.InstanceCreationDate, Date(time))
            .Set(DicomTag.InstanceCreationTime, Time(time))
            .Set(DicomTag.StudyDate, Date(id.Time))
            .Set(DicomTag.StudyTime, Time(id.Time))
            .Set(DicomTag.SeriesDate, Date(time))
            .Set(DicomTag.SeriesTime, Time(time))
            .Set(DicomTag.ContentDate, Date(time))
            .Set(DicomTag.ContentTime, Time(time))
            .Set(DicomTag.AccessionNumber, id.Accession)
            .SetEmpty(DicomTag.ReferringPhysicianName)
            .Set(DicomTag.Modality, modality)
            .Set(DicomTag.Manufacturer, "TriageWorker Phantom")
            .Set(DicomTag.ManufacturerModelName, "Drawn body")
            .Set(DicomTag.DeviceSerialNumber, "0")
            .Set(DicomTag.SoftwareVersions, typeof(StudyHeader).Assembly.GetName().Version?.ToString(3) ?? "0")
            .Set(DicomTag.InstitutionName, "Synthetic data")
            .Set(DicomTag.StudyDescription, $"{Description}: {modality} abdomen pelvis")
            .Set(DicomTag.SeriesDescription, $"SYNTHETIC {name}")
            .Set(DicomTag.PatientName, id.PatientName)
            .Set(DicomTag.PatientID, id.PatientId)
            .Set(DicomTag.PatientBirthDate, Date(id.BirthDate))
            .Set(DicomTag.PatientSex, study.Patient.Female ? "F" : "M")
            .Set(DicomTag.PatientAge, study.Patient.Age.ToString("000", CultureInfo.InvariantCulture) + "Y")
            .Set(DicomTag.QualityControlSubject, "YES") // "the subject is a quality control phantom": PS3.3, C.7.1.1
            .Set(DicomTag.BodyPartExamined, "ABDOMENPELVIS")
            .Set(DicomTag.StudyInstanceUID, id.StudyUid)
            .Set(DicomTag.SeriesInstanceUID, id.Uid($"series {series}"))
            .Set(DicomTag.StudyID, id.StudyId)
            .Set(DicomTag.SeriesNumber, series)
            .Set(DicomTag.InstanceNumber, instance)
            .Set(DicomTag.ImageComments, Truth())
            .Set(DicomTag.QualityControlImage, "YES") // "a quality control or phantom image": PS3.3, C.7.6.1
            .Set(DicomTag.BurnedInAnnotation, "NO")
            .Set(DicomTag.LossyImageCompression, "00");
    }

    /// <summary>Adds position and orientation of an image that lies in the patient.</summary>
    public DicomDataset InPatient(DicomDataset image, (double X, double Y, double Z) position, double[] orientation, double spacing)
        => image
            .Set(DicomTag.PatientPosition, "HFS")
            .Set(DicomTag.FrameOfReferenceUID, Identity.Uid("frame of reference"))
            .SetEmpty(DicomTag.PositionReferenceIndicator)
            .Set(DicomTag.ImagePositionPatient, Round(position.X), Round(position.Y), Round(position.Z))
            .Set(DicomTag.ImageOrientationPatient, orientation)
            .Set(DicomTag.PixelSpacing, Round(spacing), Round(spacing));

    /// <summary>Adds a grey picture: PS3.3, C.7.6.3.</summary>
    public static DicomDataset Pixels(DicomDataset image, int columns, int rows, int bits, byte[] pixels)
        => image
            .Set(DicomTag.SamplesPerPixel, 1)
            .Set(DicomTag.PhotometricInterpretation, "MONOCHROME2")
            .Set(DicomTag.Rows, rows)
            .Set(DicomTag.Columns, columns)
            .Set(DicomTag.BitsAllocated, bits > 8 ? 16 : 8)
            .Set(DicomTag.BitsStored, bits)
            .Set(DicomTag.HighBit, bits - 1)
            .Set(DicomTag.PixelRepresentation, 0)
            .Set(DicomTag.PixelData, bits > 8 ? DicomVR.OW : DicomVR.OB, pixels);

    /// <summary>To a hundred-thousandth of a millimetre, so that a value stays short enough for DS.</summary>
    public static double Round(double millimetres) => Math.Round(millimetres, 5) + 0.0;

    private static string Date(DateTime time) => time.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private static string Time(DateTime time) => time.ToString("HHmmss", CultureInfo.InvariantCulture);

    private string Truth()
    {
        var drawn = study.Spec.Findings == PhantomFindings.None ? "nothing" : string.Join(", ", PhantomFindingNames.Of(study.Spec.Findings));
        return string.Create(CultureInfo.InvariantCulture, $"{Description}. Seed {study.Spec.Seed}; drawn: {drawn}.");
    }
}
