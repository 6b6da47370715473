namespace TriageWorker.Dicom.Network;

/// <summary>The attributes a scan remembers: what identifies an instance, fills the first row of its study and says where a slice lies (PS3.6).</summary>
public static class ScanTag
{
    public const uint SpecificCharacterSet = 0x0008_0005;
    public const uint SopClassUid = 0x0008_0016;
    public const uint SopInstanceUid = 0x0008_0018;
    public const uint StudyDate = 0x0008_0020;
    public const uint StudyTime = 0x0008_0030;
    public const uint AccessionNumber = 0x0008_0050;
    public const uint Modality = 0x0008_0060;
    public const uint ReferringPhysicianName = 0x0008_0090;
    public const uint StudyDescription = 0x0008_1030;
    public const uint SeriesDescription = 0x0008_103E;
    public const uint PatientName = 0x0010_0010;
    public const uint PatientId = 0x0010_0020;
    public const uint PatientBirthDate = 0x0010_0030;
    public const uint PatientSex = 0x0010_0040;
    public const uint StudyInstanceUid = 0x0020_000D;
    public const uint SeriesInstanceUid = 0x0020_000E;
    public const uint StudyId = 0x0020_0010;
    public const uint SeriesNumber = 0x0020_0011;
    public const uint InstanceNumber = 0x0020_0013;
    public const uint ImagePositionPatient = 0x0020_0032;
    public const uint ImageOrientationPatient = 0x0020_0037;

    internal const uint Last = ImageOrientationPatient;

    internal const uint Item = 0xFFFE_E000, ItemDelimitation = 0xFFFE_E00D, SequenceDelimitation = 0xFFFE_E0DD;

    /// <summary>Without these an object is refused at receipt.</summary>
    internal static readonly uint[] Identifying = [SopClassUid, SopInstanceUid, StudyInstanceUid, SeriesInstanceUid];

    internal static bool IsWanted(uint tag) => tag switch
    {
        SpecificCharacterSet or SopClassUid or SopInstanceUid or StudyDate or StudyTime or AccessionNumber or Modality
            or StudyDescription or SeriesDescription or PatientName or PatientId or PatientBirthDate or PatientSex
            or ReferringPhysicianName or StudyInstanceUid or SeriesInstanceUid or StudyId or SeriesNumber or InstanceNumber or ImagePositionPatient or ImageOrientationPatient => true,
        _ => false,
    };
}
