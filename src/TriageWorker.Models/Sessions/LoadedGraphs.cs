using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Models.Packages;

namespace TriageWorker.Models.Sessions;

/// <summary>The graphs of a package on the best execution provider that works here.</summary>
internal sealed partial class LoadedGraphs : IDisposable
{
    private readonly ModelPackage _package;
    private readonly ScoringOptions _options;
    private readonly List<GraphSession> _sessions;

    private LoadedGraphs(ModelPackage package, ScoringOptions options, ExecutionProvider provider, List<GraphSession> sessions, string? fallBack) =>
        (_package, _options, Provider, _sessions, FallBack) = (package, options, provider, sessions, fallBack);

    public ExecutionProvider Provider { get; }

    /// <inheritdoc cref="ScoringModel.FallBack"/>
    public string? FallBack { get; }

    /// <exception cref="ModelPackageException">The graphs are not what the manifest says, or are no graphs.</exception>
    /// <exception cref="ScoringException">The provider that was asked for does not work here.</exception>
    public static LoadedGraphs Load(ModelPackage package, ScoringOptions options, ILogger logger)
    {
        var failed = new List<string>();
        foreach (var provider in Candidates(options))
        {
            try
            {
                var sessions = Open(package, package.Input.Size, provider, options);
                var fallBack = failed.Count == 0 ? null : $"{package.Id} runs on {provider}, because {string.Join(", and ", failed)}";
                var loaded = new LoadedGraphs(package, options, provider, sessions, fallBack);
                if (fallBack is null) LogLoaded(logger, package.Id, package.Version, package.Digest, provider);
                else LogFellBack(logger, package.Id, package.Version, package.Digest, provider, string.Join(", and ", failed));
                ModelsTelemetry.Loaded(package.Id, provider, failed.Count > 0);
                return loaded;
            }
            catch (OnnxRuntimeException error) when (provider == ExecutionProvider.Cpu)
            {
                throw new ModelPackageException(package.Directory, [$"graphs: ONNX Runtime cannot load them: {error.Message}"]);
            }
            catch (OnnxRuntimeException error) when (options.Provider is null)
            {
                failed.Add($"{provider} is built in but does not work here: {error.Message.TrimEnd('.')}.");
            }
            catch (OnnxRuntimeException error)
            {
                throw new ScoringException($"The execution provider {provider} that the configuration asks for does not work here: {error.Message}", worthRetrying: false, error);
            }
        }

        throw new ScoringException(
            $"The settings ask for the execution provider {options.Provider}, and this build of ONNX Runtime has {string.Join(", ", OrtEnv.Instance().GetAvailableProviders())}. Leave Provider out to take the fastest that works, or see src/TriageWorker.OnnxRuntime/README.md.",
            worthRetrying: false);
    }

    public IEnumerable<(OutputKind Kind, GraphValue Value)> Run(GraphPass pass, float[] volume, CancellationToken stop) =>
        _sessions.Where(session => session.IsIn(pass)).SelectMany(session => session.Run(volume, stop));

    /// <summary>Likewise for a volume of another size, which the graphs must take too; they are loaded for it once more, and let go of.</summary>
    /// <exception cref="ModelPackageException">They do not take it.</exception>
    public IReadOnlyList<(OutputKind Kind, GraphValue Value)> Run(float[] volume, GridSize size)
    {
        if (size == _package.Input.Size) return [.. Run(GraphPass.All, volume, CancellationToken.None)];
        using var other = new LoadedGraphs(_package, _options, Provider, Open(_package, size, Provider, _options), FallBack);
        return [.. other.Run(GraphPass.All, volume, CancellationToken.None)];
    }

    public void Dispose() => _sessions.ForEach(session => session.Dispose());

    private static IEnumerable<ExecutionProvider> Candidates(ScoringOptions options)
    {
        var built = OrtEnv.Instance().GetAvailableProviders();
        return new[] { ExecutionProvider.TensorRt, ExecutionProvider.Cuda, ExecutionProvider.Cpu }
            .Where(provider => options.Provider is null || options.Provider == provider)
            .Where(provider => built.Contains(NameOf(provider)));
    }

    private static string NameOf(ExecutionProvider provider) => provider switch
    {
        ExecutionProvider.TensorRt => "TensorrtExecutionProvider",
        ExecutionProvider.Cuda => "CUDAExecutionProvider",
        _ => "CPUExecutionProvider",
    };

    private static List<GraphSession> Open(ModelPackage package, GridSize size, ExecutionProvider provider, ScoringOptions options)
    {
        var sessions = new List<GraphSession>();
        try
        {
            sessions.AddRange(package.Graphs.Select(graph => new GraphSession(graph, size, provider, options)));
            var faults = sessions.SelectMany((session, i) => session.Disagreements($"graphs[{i}]")).ToList();
            return faults.Count == 0 ? sessions : throw new ModelPackageException(package.Directory, faults);
        }
        catch
        {
            sessions.ForEach(session => session.Dispose());
            throw;
        }
    }

    [LoggerMessage(2001, LogLevel.Information, "Model {Package} {Version} ({Digest}) runs on {Provider}.")]
    private static partial void LogLoaded(ILogger logger, string package, string version, string digest, ExecutionProvider provider);

    [LoggerMessage(2002, LogLevel.Warning, "Model {Package} {Version} ({Digest}) FELL BACK to {Provider}, which is slower, because {Reason} Name a provider in Scoring:Provider to have the start fail instead.")]
    private static partial void LogFellBack(ILogger logger, string package, string version, string digest, ExecutionProvider provider, string reason);
}
