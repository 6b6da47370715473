namespace TriageWorker.Dicom.Network;

/// <summary>What becomes of an object that was sent to be stored.</summary>
public enum StoreVerdict
{
    None = 0,
    Stored,
    /// <summary>Our trouble: disk, memory, a failed sync. The sender may try again.</summary>
    OutOfResources,
    /// <summary>The data set names another SOP class or instance than the command.</summary>
    DoesNotMatchCommand,
    /// <summary>The structure cannot be followed.</summary>
    CannotFollow,
    /// <summary>The structure is sound, but a Study, Series, SOP Instance or SOP Class UID is absent or no UID.</summary>
    UidMissing,
    /// <summary>The command names another SOP class than its presentation context was negotiated for.</summary>
    NotNegotiated,
    /// <summary>The command lacks what C-STORE requires.</summary>
    BadCommand,
}

/// <summary>The one table from verdict to status (PS3.4, B.2.3 and table W.4-1; PS3.7, annex C).</summary>
public static class StoreVerdicts
{
    public static DimseStatus Status(this StoreVerdict verdict) => verdict switch
    {
        StoreVerdict.Stored => DimseStatus.Success,
        StoreVerdict.OutOfResources => DimseStatus.OutOfResources,
        StoreVerdict.DoesNotMatchCommand => DimseStatus.DataSetDoesNotMatchSopClass,
        StoreVerdict.CannotFollow => DimseStatus.CannotUnderstand,
        StoreVerdict.UidMissing => new DimseStatus(0xC001),
        StoreVerdict.NotNegotiated => DimseStatus.SopClassNotSupported,
        StoreVerdict.BadCommand => DimseStatus.MistypedArgument,
        _ => new DimseStatus(0xC0FF), // never success by accident
    };
}
