namespace TriageWorker.Store;

/// <summary>Which process acts: the owner of leases and the actor of audit lines.</summary>
public sealed record NodeName(string Value)
{
    public static NodeName OfThisProcess { get; } = new($"{Environment.MachineName}:{Environment.ProcessId}");

    public override string ToString() => Value;
}
