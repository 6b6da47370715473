using Microsoft.Extensions.Logging;
using TriageWorker.Imaging.Series;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Models.Maps;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Scoring;
using TriageWorker.Models.Sessions;
using TriageWorker.Triage;

namespace TriageWorker.Scoring;

/// <summary>One package that this process scores with, warm, and the policy over its scores. What computes it takes one study at a time.</summary>
public sealed class WarmModel : IDisposable
{
    private readonly ScoringModel _model;
    private readonly SemaphoreSlim _free;

    /// <param name="free">Entered while the network runs; packages that are computed by the same device share it.</param>
    /// <exception cref="ModelPackageException">The package has faults, fails its golden test, or cannot score a volume of its size here.</exception>
    /// <exception cref="FormatException">The policy is wrong, or speaks of another package.</exception>
    internal WarmModel(ModelPackage package, PackageOptions entry, ScoringRoleOptions role, Func<ExecutionProvider, SemaphoreSlim> free, ILogger<ScoringModel> logger)
    {
        (Policy, PolicyTrouble, PolicyRemark) = PackagePolicy.Read(package, entry.Policy);
        _model = ScoringModel.Open(package, entry.RunUnder(role), logger);
        try
        {
            _model.WarmUp();
        }
        catch
        {
            _model.Dispose();
            throw;
        }

        _free = free(_model.Provider);
        Package = new PackageIdentity(package.Id, package.Version, package.Title, package.Digest, package.Demonstration);
        Space = package.Space;
        Input = package.Input;
        Needs = NeedsOf(package, role.AllowLossy);
    }

    public PackageIdentity Package { get; }

    /// <summary>See <see cref="ModelPackage.Space"/>.</summary>
    public string? Space { get; }

    public Policy Policy { get; }

    /// <inheritdoc cref="Policy.IsSilent"/>
    public bool IsSilent => Policy.IsSilent;

    /// <inheritdoc cref="PackagePolicy(Policy, string, string)" path="/param[@name='Trouble']"/>
    public string? PolicyTrouble { get; }

    /// <inheritdoc cref="PackagePolicy(Policy, string, string)" path="/param[@name='Remark']"/>
    public string? PolicyRemark { get; }

    public TensorSpec Input { get; }

    /// <summary>Null where the package gives no activation maps.</summary>
    public ActivationHeads? Heads => _model.Heads;

    public SeriesNeeds Needs { get; }

    /// <summary>Why it runs on the CPU or a lesser provider though a faster one is built in; null when it runs on the fastest, or on what was asked for.</summary>
    public string? FallBack => _model.FallBack;

    /// <summary>What ran the network: execution provider and library, for the record of each result.</summary>
    public string Provider => $"{_model.Provider}, ONNX Runtime {ScoringModel.RuntimeVersion}";

    /// <summary>What a package asks of a series, as selection reads it.</summary>
    public static SeriesNeeds NeedsOf(ModelPackage package, bool allowLossy) => new()
    {
        Modality = package.Needs.Modality,
        BodyPart = package.Needs.BodyPart,
        MaxSpacingMm = package.Needs.MaximumSpacingMm,
        MinCoverageMm = package.Needs.MinimumCoverageMm,
        MinAgeYears = package.Needs.MinimumAgeYears,
        AllowLossy = allowLossy,
    };

    /// <summary>Its risks come in a pass of their own, after the urgent work.</summary>
    public bool HasDeferred => _model.Package.HasDeferred;

    /// <summary>Waits until the network is free.</summary>
    /// <exception cref="ScoringException">It could not be computed, or what came out is no number.</exception>
    public async Task<(ModelOutput Output, TimeSpan Took)> ScoreAsync(GraphPass pass, ImageTensor tensor, TimeProvider clock, CancellationToken stop)
    {
        await _free.WaitAsync(stop);
        try
        {
            var start = clock.GetTimestamp();
            var output = await _model.ScoreAsync(pass, tensor, clock, stop);
            return (output, clock.GetElapsedTime(start));
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose() => _model.Dispose();
}
