using System.ComponentModel.DataAnnotations;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Scoring;

/// <summary>One entry of <c>Scoring:Packages</c>: a package that this process scores with, and how it is run where that differs from the others.</summary>
public sealed record PackageOptions
{
    /// <summary>Folder of the model package. Relative to the working directory.</summary>
    [Required]
    public string Folder { get; init; } = "";

    /// <summary>File of the site's approved policy; without it the package's own. Where neither is, nothing is approved and nothing is sent.</summary>
    public string? Policy { get; init; }

    /// <summary>Cpu, Cuda or TensorRt; not given: what <c>Scoring:Provider</c> says.</summary>
    public ExecutionProvider? Provider { get; init; }

    /// <summary>Which GPU; not given: what <c>Scoring:Device</c> says.</summary>
    [Range(0, 64)]
    public int? Device { get; init; }

    /// <summary>Cores that run the network; 0 for all; not given: what <c>Scoring:ModelThreads</c> says.</summary>
    [Range(0, 256)]
    public int? Threads { get; init; }

    /// <summary>Keep the CPU memory of one score for the next: a little faster, and a full-size Merlin then holds some 2.7 GB for good.</summary>
    public bool Arena { get; init; }

    /// <summary>Of a GPU: Exact computes in float32; Fast lets CUDA use TF32 and TensorRT half precision. The package's own test judges either.</summary>
    public Arithmetic Arithmetic { get; init; } = Arithmetic.Fast;

    internal ScoringOptions RunUnder(ScoringRoleOptions role) => new()
    {
        Provider = Provider ?? role.Provider,
        Device = Device ?? role.Device,
        Threads = Threads ?? role.ModelThreads,
        CpuMemoryArena = Arena,
        Arithmetic = Arithmetic,
    };
}
