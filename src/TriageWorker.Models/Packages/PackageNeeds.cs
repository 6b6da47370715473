namespace TriageWorker.Models.Packages;

/// <summary>What a study must offer before this package may read it.</summary>
/// <param name="MinimumCoverageMm">How much of the body part must be in view, along the body axis.</param>
public sealed record PackageNeeds(string Modality, string BodyPart, double MinimumCoverageMm, int MinimumAgeYears)
{
    public const double UsualSpacingMm = 10;

    /// <summary>Largest distance between slices, and largest thickness of one; the manifest may leave it out.</summary>
    public double MaximumSpacingMm { get; init; } = UsualSpacingMm;
}

/// <summary>One graph of a package: a file beside the manifest, its input, and what its outputs are.</summary>
/// <param name="File">Full path.</param>
public sealed record PackageGraph(string File, string Sha256, string Input, IReadOnlyList<GraphOutput> Outputs)
{
    /// <summary>It runs after the urgent work, in a pass of its own, and makes risks and nothing else.</summary>
    public bool IsDeferred { get; init; }
}

public sealed record GraphOutput(string Name, OutputKind Kind, Activation Activation);
