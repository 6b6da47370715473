namespace TriageWorker.Dicom.Network;

/// <summary>What becomes of an object that came whole, however it came: by its scan, and by what was said of it beforehand.</summary>
public static class StoreJudgement
{
    /// <param name="scan">Complete.</param>
    /// <returns><see cref="StoreVerdict.Stored"/>: it may be kept. Else why not, in a few words that are fit for the peer.</returns>
    public static (StoreVerdict Verdict, string Because) Of(DataSetScan scan, StoreHead head)
    {
        if (scan.IsLost) return (StoreVerdict.CannotFollow, scan.Fault.ToString());
        if (scan.Uid(ScanTag.SopClassUid) is not { } sopClass) return (StoreVerdict.UidMissing, "SOP Class UID is absent");
        if (scan.Uid(ScanTag.SopInstanceUid) is not { } sopInstance) return (StoreVerdict.UidMissing, "SOP Instance UID is absent");
        if (scan.Uid(ScanTag.StudyInstanceUid) is null) return (StoreVerdict.UidMissing, "Study Instance UID is absent");
        if (scan.Uid(ScanTag.SeriesInstanceUid) is null) return (StoreVerdict.UidMissing, "Series Instance UID is absent");
        if (sopClass != head.SopClassUid) return (StoreVerdict.DoesNotMatchCommand, "SOP Class UID differs from the command's");
        if (sopInstance != head.SopInstanceUid) return (StoreVerdict.DoesNotMatchCommand, "SOP Instance UID differs from the command's");
        return (StoreVerdict.Stored, "");
    }
}
