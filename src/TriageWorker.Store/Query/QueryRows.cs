using System.Globalization;
using Npgsql;
using TriageWorker.Dicom;

namespace TriageWorker.Store;

/// <summary>Rows as the attributes that a query answers with (PS3.18, 10.6.3.3; PS3.4, C.6.2.1).</summary>
internal static class QueryRows
{
    private const string Online = "ONLINE", Unavailable = "UNAVAILABLE"; // PS3.3, C.4.23.1.1
    private const int AfterStudy = 11, AfterSeries = AfterStudy + 4;

    public const string InstanceColumns =
        "i.sop_uid, i.digest, i.sop_class, i.transfer_syntax, i.path, i.bytes, i.origin = 'own', i.conflict, i.received_at";

    public static FoundObject Study(NpgsqlDataReader row)
    {
        var attributes = OfStudy(row)
            .Set(DicomTag.NumberOfStudyRelatedSeries, row.GetInt32(AfterStudy))
            .Set(DicomTag.NumberOfStudyRelatedInstances, row.GetInt32(AfterStudy + 1))
            .Set(DicomTag.ModalitiesInStudy, row.IsDBNull(AfterStudy + 2) ? [] : row.GetFieldValue<string[]>(AfterStudy + 2))
            .Set(DicomTag.InstanceAvailability, row.GetBoolean(AfterStudy + 3) ? Online : Unavailable);
        return new(row.GetString(0), null, null, attributes);
    }

    public static FoundObject Series(NpgsqlDataReader row)
    {
        var attributes = OfSeries(row)
            .Set(DicomTag.NumberOfSeriesRelatedInstances, row.GetInt32(AfterSeries))
            .Set(DicomTag.InstanceAvailability, row.GetBoolean(AfterSeries + 1) ? Online : Unavailable);
        return new(row.GetString(0), row.GetString(AfterStudy), null, attributes);
    }

    public static FoundObject Instance(NpgsqlDataReader row)
    {
        const int at = AfterSeries;
        var instance = new InstanceRow(new(row.GetString(at)), row.GetFieldValue<byte[]>(at + 1), new(row.GetString(0)), new(row.GetString(AfterStudy)),
            row.GetString(at + 2), row.GetString(at + 3), row.GetString(at + 4), row.GetInt64(at + 5), row.GetBoolean(at + 6), row.GetBoolean(at + 7), row.Time(at + 8));
        var attributes = OfSeries(row)
            .Set(DicomTag.SOPClassUID, instance.SopClass)
            .Set(DicomTag.SOPInstanceUID, instance.Sop.Value)
            .Set(DicomTag.InstanceNumber, NumberOrNull(row, at + 9))
            .Set(DicomTag.InstanceAvailability, Online);
        return new(row.GetString(0), row.GetString(AfterStudy), instance, attributes);
    }

    private static DicomDataset OfSeries(NpgsqlDataReader row) => OfStudy(row)
        .Set(DicomTag.SeriesInstanceUID, row.GetString(AfterStudy))
        .Set(DicomTag.Modality, row.TextOrNull(AfterStudy + 1))
        .Set(DicomTag.SeriesDescription, row.TextOrNull(AfterStudy + 2))
        .Set(DicomTag.SeriesNumber, NumberOrNull(row, AfterStudy + 3));

    private static DicomDataset OfStudy(NpgsqlDataReader row) => new DicomDataset()
        .Set(DicomTag.StudyInstanceUID, row.GetString(0))
        .Set(DicomTag.PatientID, row.TextOrNull(1))
        .Set(DicomTag.PatientName, row.TextOrNull(2))
        .Set(DicomTag.PatientBirthDate, row.TextOrNull(3))
        .Set(DicomTag.PatientSex, row.TextOrNull(4))
        .Set(DicomTag.AccessionNumber, row.TextOrNull(5))
        .Set(DicomTag.StudyDate, row.TextOrNull(6))
        .Set(DicomTag.StudyTime, row.TextOrNull(7))
        .Set(DicomTag.StudyDescription, row.TextOrNull(8))
        .Set(DicomTag.StudyID, row.TextOrNull(9))
        .Set(DicomTag.ReferringPhysicianName, row.TextOrNull(10));

    private static string? NumberOrNull(NpgsqlDataReader row, int at) => row.IsDBNull(at) ? null : row.GetInt32(at).ToString(CultureInfo.InvariantCulture);
}
