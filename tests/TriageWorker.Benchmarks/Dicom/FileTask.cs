namespace TriageWorker.Benchmarks.Dicom;

/// <summary>What is done with files that lie in the page cache.</summary>
public enum FileTask
{
    /// <summary>Every attribute and the pixels in memory.</summary>
    Parse,
    /// <summary>The attributes; the pixels stay where they are.</summary>
    Header,
    /// <summary>Data sets that are in memory become new files, not synced.</summary>
    Write,
}
