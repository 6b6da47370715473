using TriageWorker.Dicom;

namespace TriageWorker.Phantoms;

/// <summary>How a phantom becomes files.</summary>
public sealed record PhantomWriteOptions
{
    /// <summary>Explicit VR little endian, or another uncompressed syntax.</summary>
    public TransferSyntax TransferSyntax { get; init; } = TransferSyntax.ExplicitVRLittleEndian;

    /// <summary>Tells studies of one spec apart. All UIDs and the accession number are derived from spec and identity: the same two give the same files.</summary>
    public string Identity { get; init; } = "";

    /// <summary>When the study was "made", as the local time of the scanner; null is a day derived from the seed.</summary>
    public DateTime? StudyTime { get; init; }

    /// <summary>Whether a series of two scout views comes before the axial one.</summary>
    public bool WithScout { get; init; }

    /// <summary>A study that was never there before: made now, under UIDs of its own.</summary>
    public static PhantomWriteOptions Fresh(TimeProvider clock)
        => new() { Identity = Guid.NewGuid().ToString("N"), StudyTime = clock.GetLocalNow().DateTime };
}

/// <summary>The files of one written study.</summary>
/// <param name="Files">Full paths in the order of acquisition.</param>
public sealed record PhantomFiles(string StudyInstanceUid, string AccessionNumber, string PatientId, IReadOnlyList<string> Files);
