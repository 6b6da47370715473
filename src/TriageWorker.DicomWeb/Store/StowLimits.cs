namespace TriageWorker.DicomWeb;

/// <summary>What one request may ask of the one who serves it. An instance has the limits of the scan besides (<see cref="Dicom.Network.ScanLimits"/>).</summary>
public sealed record StowLimits
{
    /// <summary>Bytes of the body.</summary>
    public long MaxBytes { get; init; } = 32L << 30;

    /// <summary>Parts of the body: each is remembered until the answer.</summary>
    public int MaxInstances { get; init; } = 100_000;

    /// <summary>The longest silence of the sender.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>From an instance's first byte to its last: a byte now and then holds no place for ever.</summary>
    public TimeSpan InstanceWithin { get; init; } = TimeSpan.FromHours(1);

    /// <summary>When a sender may come back that was told to.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(30);
}
