using System.Security.Cryptography;

namespace TriageWorker.Store;

/// <summary>Which process acts: the owner of leases and the actor of audit lines. No two processes ever have the same.</summary>
public sealed record NodeName(string Value)
{
    // Process ids come again, in a container at once: every start is process 1 there, and may have its predecessor's host name too.
    public static NodeName OfThisProcess { get; } =
        new($"{Environment.MachineName}:{Environment.ProcessId}:{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");

    public override string ToString() => Value;
}
