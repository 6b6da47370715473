using System.ComponentModel.DataAnnotations;

namespace TriageWorker.Host.Tests.Settings;

/// <summary>A section with every shape that options take: leaf, enum, list, entries by name, nesting, secret.</summary>
public sealed record SampleOptions
{
    [Range(1, 65535)]
    public int Port { get; init; } = 11112;

    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(10);

    public SampleLevel Level { get; init; }

    public string Password { get; init; } = "";

    public IReadOnlyList<string> Callers { get; init; } = ["CT1", "CT2"];

    public Dictionary<string, SampleDestination> Destinations { get; init; } = [];
}

public enum SampleLevel
{
    Low,
    High,
}

public sealed record SampleDestination
{
    [Required]
    public string Host { get; init; } = "";

    [Range(1, 65535)]
    public int Port { get; init; } = 104;
}
