using TriageWorker.Dicom;
using TriageWorker.Dicom.Matching;

namespace TriageWorker.Web;

/// <summary>
/// Which attributes are of the study and which of the series, so that one file can speak for all of them (PS3.3, C.7.1 to C.7.3), and
/// which a search answers with unasked (PS3.18, tables 10.6.3-3 to 10.6.3-5).
/// </summary>
internal static class LevelAttributes
{
    private static readonly DicomTag[] s_studyUnasked = [DicomTag.TimezoneOffsetFromUTC, DicomTag.ReferringPhysicianName, DicomTag.StudyID];

    private static readonly DicomTag[] s_seriesUnasked =
        [DicomTag.SeriesNumber, DicomTag.PerformedProcedureStepStartDate, DicomTag.PerformedProcedureStepStartTime, DicomTag.RequestAttributesSequence];

    private static readonly DicomTag[] s_instanceUnasked =
        [DicomTag.InstanceNumber, DicomTag.Rows, DicomTag.Columns, DicomTag.BitsAllocated, DicomTag.NumberOfFrames];

    private static readonly HashSet<DicomTag> s_study =
    [
        .. s_studyUnasked, DicomTag.IssuerOfPatientID, DicomTag.OtherPatientIDsSequence, DicomTag.PatientAge, DicomTag.PatientSize, DicomTag.PatientWeight,
        DicomTag.PatientComments, DicomTag.EthnicGroup, DicomTag.Occupation, DicomTag.AdditionalPatientHistory, DicomTag.AdmissionID, DicomTag.IssuerOfAccessionNumberSequence,
        DicomTag.ConsultingPhysicianName, DicomTag.PhysiciansOfRecord, DicomTag.NameOfPhysiciansReadingStudy, DicomTag.RequestingService, DicomTag.ReferencedStudySequence,
        DicomTag.ProcedureCodeSequence, DicomTag.ReasonForPerformedProcedureCodeSequence, DicomTag.PatientIdentityRemoved, DicomTag.InstitutionName,
    ];

    private static readonly HashSet<DicomTag> s_series =
    [
        .. s_seriesUnasked, DicomTag.SeriesDate, DicomTag.SeriesTime, DicomTag.Laterality, DicomTag.PerformingPhysicianName, DicomTag.OperatorsName, DicomTag.ProtocolName,
        DicomTag.BodyPartExamined, DicomTag.PatientPosition, DicomTag.PerformedProcedureStepID, DicomTag.PerformedProcedureStepDescription, DicomTag.PerformedProtocolCodeSequence,
        DicomTag.Manufacturer, DicomTag.ManufacturerModelName, DicomTag.StationName, DicomTag.DeviceSerialNumber, DicomTag.SoftwareVersions, DicomTag.FrameOfReferenceUID,
        DicomTag.SeriesDescriptionCodeSequence,
    ];

    /// <summary>What is answered with unasked, beside what rows hold.</summary>
    public static IEnumerable<DicomTag> Unasked(QueryLevel level) => level switch
    {
        QueryLevel.Study => s_studyUnasked,
        QueryLevel.Series => s_studyUnasked.Concat(s_seriesUnasked),
        _ => s_studyUnasked.Concat(s_seriesUnasked).Concat(s_instanceUnasked),
    };

    /// <summary>Whether all images of the level's object say the same of it.</summary>
    public static bool Belongs(DicomTag tag, QueryLevel level) =>
        level == QueryLevel.Instance || s_study.Contains(tag) || (level == QueryLevel.Series && s_series.Contains(tag));
}
