using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriageWorker.Imaging.Series;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Models.Maps;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Scoring;
using TriageWorker.Models.Sessions;
using TriageWorker.Triage;

namespace TriageWorker.Scoring;

/// <summary>The package that this process scores with, warm, and the policy over its scores. The network takes one study at a time.</summary>
public sealed class WarmModel : IDisposable
{
    private readonly ScoringModel _model;
    private readonly SemaphoreSlim _free = new(1, 1);

    /// <exception cref="ModelPackageException">The package has faults, or fails its golden test.</exception>
    /// <exception cref="FormatException">The policy is wrong, or speaks of another package.</exception>
    public WarmModel(IOptions<ScoringRoleOptions> options, ILogger<ScoringModel> logger)
    {
        var role = options.Value;
        var package = ModelPackage.Load(role.Package);
        Policy = PolicyOf(package, role.Policy);
        _model = ScoringModel.Open(package, new ScoringOptions { Threads = role.ModelThreads, Provider = role.Provider, Device = role.Device }, logger);
        Package = new PackageIdentity(package.Id, package.Version, package.Title, package.Digest, package.Demonstration);
        Space = package.Space;
        Input = package.Input;
        Needs = new SeriesNeeds
        {
            Modality = package.Needs.Modality,
            BodyPart = package.Needs.BodyPart,
            MaxSpacingMm = package.Needs.MaximumSpacingMm,
            MinCoverageMm = package.Needs.MinimumCoverageMm,
            MinAgeYears = package.Needs.MinimumAgeYears,
            AllowLossy = role.AllowLossy,
        };
    }

    public PackageIdentity Package { get; }

    /// <summary>See <see cref="ModelPackage.Space"/>.</summary>
    public string? Space { get; }

    public Policy Policy { get; }

    /// <summary>Nothing is approved: scores are kept and nothing is sent.</summary>
    public bool IsSilent => Policy.Approved.Count == 0;

    public TensorSpec Input { get; }

    /// <summary>Null where the package gives no activation maps.</summary>
    public ActivationHeads? Heads => _model.Heads;

    public SeriesNeeds Needs { get; }

    /// <summary>What ran the network: execution provider and library, for the record of each result.</summary>
    public string Provider => $"{_model.Provider}, ONNX Runtime {ScoringModel.RuntimeVersion}";

    /// <summary>Waits until the network is free.</summary>
    /// <exception cref="ScoringException">It could not be computed, or what came out is no number.</exception>
    public async Task<(ModelOutput Output, TimeSpan Took)> ScoreAsync(ImageTensor tensor, TimeProvider clock, CancellationToken stop)
    {
        await _free.WaitAsync(stop);
        try
        {
            var start = clock.GetTimestamp();
            var output = await _model.ScoreAsync(tensor, clock, stop);
            return (output, clock.GetElapsedTime(start));
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose()
    {
        _model.Dispose();
        _free.Dispose();
    }

    private static Policy PolicyOf(ModelPackage package, string? file)
    {
        var path = file ?? package.PolicyFile;
        if (file is null && !File.Exists(path)) return new Policy("nothing-approved", "1", package.Id, [], new string('0', 64));
        var policy = PolicyFile.Parse(File.ReadAllBytes(path));
        if (policy.PackageId != package.Id) throw new FormatException($"{path} is a policy for package {policy.PackageId}; Scoring:Package is {package.Id}.");
        // A misspelt key would never fire, and would take every other study's negative away.
        string[] unknown = [.. policy.Approved.Select(approved => approved.Key).Except(package.Findings.Select(finding => finding.Label.Key), StringComparer.Ordinal)];
        return unknown.Length == 0
            ? policy
            : throw new FormatException($"{path} approves {string.Join(", ", unknown)}, which package {package.Id} {package.Version} does not score.");
    }
}
