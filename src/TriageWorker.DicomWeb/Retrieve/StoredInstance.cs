namespace TriageWorker.DicomWeb;

/// <summary>An instance that can be read: a whole Part 10 file.</summary>
/// <param name="TransferSyntax">The syntax that its data set is encoded in (0002,0010).</param>
public sealed record StoredInstance(string SopInstanceUid, string TransferSyntax, string Path)
{
    public string Study { get; init; } = "";

    public string Series { get; init; } = "";

    /// <summary>Names the content of the data set: the same digest, the same values. Empty when it is not known; then nothing is said of unchanged content.</summary>
    public string Digest { get; init; } = "";

    internal RetrieveTarget Target => new(Study, Series, SopInstanceUid);
}

/// <summary>The instances that a target names, in the order in which they are to be sent; empty when there are none.</summary>
public delegate Task<IReadOnlyList<StoredInstance>> FindInstances(RetrieveTarget target, CancellationToken stop);
