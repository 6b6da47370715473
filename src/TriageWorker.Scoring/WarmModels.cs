using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;
using TriageWorker.Store;

namespace TriageWorker.Scoring;

/// <summary>
/// The packages that this process scores with, all of them warm, in the order in which they score a study. What runs on one device runs there one at a
/// time, so that the memory of one score is all that comes on top of the weights.
/// </summary>
public sealed partial class WarmModels : IDisposable
{
    private readonly Dictionary<(ExecutionProvider Provider, int Device), SemaphoreSlim> _devices = [];
    private readonly List<WarmModel> _all = [];

    /// <exception cref="ModelPackageException">A package has faults, or fails its golden test.</exception>
    /// <exception cref="ScoringException">The provider that the settings ask for does not work here.</exception>
    /// <exception cref="FormatException">No package is named; a policy is wrong, or speaks of another package; or two packages have one id.</exception>
    public WarmModels(IOptions<ScoringRoleOptions> options, ILogger<ScoringModel> logger)
    {
        if (options.Value.Packages.Count == 0) throw new FormatException("Scoring:Packages names no model package: name at least one folder.");
        try
        {
            foreach (var entry in options.Value.Packages) _all.Add(Open(entry, options.Value, logger));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyList<WarmModel> All => _all;

    /// <summary>The package that is next for a study; null when all have done their part.</summary>
    /// <param name="done">Ids of those that have.</param>
    internal WarmModel? Next(IReadOnlyList<string> done) => _all.Find(model => !done.Contains(model.Package.Id));

    /// <summary>The very package that a generation was made for; null when it is not here.</summary>
    internal WarmModel? Behind(GenerationRow generation) => _all.Find(model => model.Package.Id == generation.PackageId && model.Package.Digest == generation.PackageDigest);

    /// <summary>The claim as one package's part of it.</summary>
    internal LeasedWork PartOf(LeasedWork work, WarmModel model) =>
        work.For(model.Package, [.. _all.Where(other => other != model && !work.Parts.Contains(other.Package.Id)).Select(other => other.Package)]);

    public void Dispose()
    {
        foreach (var model in _all) model.Dispose();
        foreach (var device in _devices.Values) device.Dispose();
    }

    private WarmModel Open(PackageOptions entry, ScoringRoleOptions role, ILogger<ScoringModel> logger)
    {
        var package = ModelPackage.Load(entry.Folder);
        if (_all.Find(other => other.Package.Id == package.Id) is { } other)
            throw new FormatException($"{package.Directory} is package {package.Id} {package.Version}, and {other.Package.Id} {other.Package.Version} stands before it in Scoring:Packages: a study is scored once by each id.");
        var model = new WarmModel(package, entry, role, provider => OneAtATime(provider, entry.Device ?? role.Device), logger);
        if (model.PolicyRemark is { } remark) LogRemark(logger, package.Id, remark);
        return model;
    }

    // TensorRT and CUDA share the GPU's memory; the CPU has no number.
    private SemaphoreSlim OneAtATime(ExecutionProvider provider, int device)
    {
        var place = provider == ExecutionProvider.Cpu ? (provider, 0) : (ExecutionProvider.Cuda, device);
        if (!_devices.TryGetValue(place, out var free)) _devices[place] = free = new SemaphoreSlim(1, 1);
        return free;
    }

    [LoggerMessage(5010, LogLevel.Warning, "Model {Package}: {Remark}")]
    private static partial void LogRemark(ILogger logger, string package, string remark);
}
