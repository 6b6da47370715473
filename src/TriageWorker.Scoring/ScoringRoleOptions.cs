using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Scoring;

/// <summary>Section <c>Scoring</c>: with what this process scores, and how much of the machine it takes.</summary>
public sealed record ScoringRoleOptions
{
    public const string Section = "Scoring";

    /// <summary>The model packages that score each study, one after the other in this order; all scoring processes of an installation have the same.</summary>
    [ValidateEnumeratedItems]
    public IList<PackageOptions> Packages { get; init; } = [];

    /// <summary>Studies in work at once. The network takes one at a time; with two, the next study is read meanwhile.</summary>
    [Range(1, 16)]
    public int Slots { get; init; } = 2;

    /// <summary>Cores that read and resample one study; 0 for all.</summary>
    [Range(0, 256)]
    public int ImagingThreads { get; init; }

    /// <summary>Cores that run a network; 0 for all.</summary>
    [Range(0, 256)]
    public int ModelThreads { get; init; }

    /// <summary>Cpu, Cuda or TensorRt; not given: the fastest that works here. One that is given and does not work here ends the start.</summary>
    public ExecutionProvider? Provider { get; init; }

    /// <summary>Which GPU.</summary>
    [Range(0, 64)]
    public int Device { get; init; }

    /// <summary>Score CT that has been through lossy compression.</summary>
    public bool AllowLossy { get; init; }

    /// <summary>A compressed image that its decoder has not finished by then counts as damaged.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan DecodeWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Attempts before a study is not analysed because of a technical fault.</summary>
    [Range(1, 20)]
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Where images that lie on other nodes are kept for a while.</summary>
    [ValidateObjectMembers]
    public ImageCacheOptions Cache { get; init; } = new();

    /// <summary>How images are read from the nodes that hold them.</summary>
    [ValidateObjectMembers]
    public NodeReadingOptions Nodes { get; init; } = new();
}

[OptionsValidator]
internal sealed partial class ScoringRoleOptionsValidator : IValidateOptions<ScoringRoleOptions>;
