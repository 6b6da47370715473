using System.Globalization;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Dicom.Text;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Intake;

/// <summary>The rows of a sealed file, from the attributes that its scan remembered.</summary>
internal static class FirstRow
{
    /// <param name="path">Relative to the spool.</param>
    public static InstanceArrival Of(SpooledObject file, string path, CallerTreatment treatment)
    {
        var scan = file.Scan;
        var characters = CharacterSet.Of((Text(scan, ScanTag.SpecificCharacterSet, CharacterSet.Undeclared, DicomVR.CS) ?? "").Split('\\', StringSplitOptions.TrimEntries));
        string? Read(uint tag, DicomVR vr) => Text(scan, tag, characters, vr);

        var study = new StudyArrival(new StudyUid(scan.Uid(ScanTag.StudyInstanceUid) ?? ""), file.Caller, treatment.Order, treatment.IdleTime)
        {
            IsIdleTimeFixed = treatment.IsIdleTimeFixed,
            PatientId = Read(ScanTag.PatientId, DicomVR.LO),
            PatientName = Read(ScanTag.PatientName, DicomVR.PN),
            BirthDate = Read(ScanTag.PatientBirthDate, DicomVR.DA),
            Sex = Read(ScanTag.PatientSex, DicomVR.CS),
            Accession = Read(ScanTag.AccessionNumber, DicomVR.SH),
            StudyDate = Read(ScanTag.StudyDate, DicomVR.DA),
            StudyTime = Read(ScanTag.StudyTime, DicomVR.TM),
            Description = Read(ScanTag.StudyDescription, DicomVR.LO),
            StudyId = Read(ScanTag.StudyId, DicomVR.SH),
            ReferringPhysician = Read(ScanTag.ReferringPhysicianName, DicomVR.PN),
        };
        var series = new SeriesArrival(
            new SeriesUid(scan.Uid(ScanTag.SeriesInstanceUid) ?? ""), Read(ScanTag.Modality, DicomVR.CS), Read(ScanTag.SeriesDescription, DicomVR.LO))
        {
            Number = Number(Read(ScanTag.SeriesNumber, DicomVR.IS)),
        };
        return new InstanceArrival(
            new SopInstanceUid(scan.Uid(ScanTag.SopInstanceUid) ?? ""), file.Mark.Digest, study, series, file.Head.SopClassUid, file.Head.TransferSyntax,
            path, file.Mark.DataSetOffset + file.Mark.DataSetLength, file.Mark.AssociationId == Guid.Empty ? null : file.Mark.AssociationId, file.Mark.ReceivedAt)
        {
            Number = Number(Read(ScanTag.InstanceNumber, DicomVR.IS)),
            Place = ScannedPlace.Of(scan),
        };
    }

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Text(DataSetScan scan, uint tag, CharacterSet characters, DicomVR vr)
    {
        var text = characters.Decode(scan.Raw(tag), vr).Trim(' ', '\0');
        return text.Length == 0 ? null : text;
    }
}
