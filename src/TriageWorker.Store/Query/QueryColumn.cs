using TriageWorker.Dicom;
using TriageWorker.Dicom.Matching;

namespace TriageWorker.Store;

/// <summary>An attribute that rows hold, and how SQL says it: s is a study, r a series, i an instance.</summary>
internal sealed record QueryColumn(DicomTag Tag, QueryLevel Level, string Expression)
{
    private static readonly Dictionary<DicomTag, QueryColumn> s_all = new QueryColumn[]
    {
        new(DicomTag.StudyInstanceUID, QueryLevel.Study, "s.study_uid"),
        new(DicomTag.PatientID, QueryLevel.Study, "s.patient_id"),
        new(DicomTag.PatientName, QueryLevel.Study, "lower(s.patient_name)"),
        new(DicomTag.PatientBirthDate, QueryLevel.Study, "s.birth_date"),
        new(DicomTag.PatientSex, QueryLevel.Study, "s.sex"),
        new(DicomTag.AccessionNumber, QueryLevel.Study, "s.accession"),
        new(DicomTag.StudyDate, QueryLevel.Study, "s.study_date"),
        new(DicomTag.StudyTime, QueryLevel.Study, "(s.study_time collate \"C\")"), // a point may stand in it
        new(DicomTag.StudyDescription, QueryLevel.Study, "s.description"),
        new(DicomTag.StudyID, QueryLevel.Study, "s.study_id"),
        new(DicomTag.ReferringPhysicianName, QueryLevel.Study, "lower(s.referring_physician)"),
        new(DicomTag.ModalitiesInStudy, QueryLevel.Study, "m.modality"),
        new(DicomTag.SeriesInstanceUID, QueryLevel.Series, "r.series_uid"),
        new(DicomTag.Modality, QueryLevel.Series, "r.modality"),
        new(DicomTag.SeriesDescription, QueryLevel.Series, "r.description"),
        new(DicomTag.SeriesNumber, QueryLevel.Series, "r.number::text"),
        new(DicomTag.SOPInstanceUID, QueryLevel.Instance, "i.sop_uid"),
        new(DicomTag.SOPClassUID, QueryLevel.Instance, "i.sop_class"),
        new(DicomTag.InstanceNumber, QueryLevel.Instance, "i.number::text"),
    }.ToDictionary(column => column.Tag);

    /// <summary>The UIDs of what an object belongs to stand in its own row.</summary>
    public static QueryColumn? Of(DicomTag tag, QueryLevel level)
    {
        if (!s_all.TryGetValue(tag, out var column) || column.Level > level) return null;
        return level switch
        {
            QueryLevel.Series when tag == DicomTag.StudyInstanceUID => new(tag, level, "r.study_uid"),
            QueryLevel.Instance when tag == DicomTag.StudyInstanceUID => new(tag, level, "i.study_uid"),
            QueryLevel.Instance when tag == DicomTag.SeriesInstanceUID => new(tag, level, "i.series_uid"),
            _ => column,
        };
    }
}
