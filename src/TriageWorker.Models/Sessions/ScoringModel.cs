using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Models.Golden;
using TriageWorker.Models.Maps;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Scoring;

namespace TriageWorker.Models.Sessions;

/// <summary>A package that is loaded, has passed its golden test and waits for tensors. May be used by several threads at once.</summary>
public sealed class ScoringModel : IDisposable
{
    private readonly LoadedGraphs _graphs;
    private readonly OutputReader _reader;

    private ScoringModel(ModelPackage package, LoadedGraphs graphs) =>
        (Package, _graphs, _reader, Heads) = (package, graphs, new OutputReader(package), ActivationHeads.Of(package));

    public ModelPackage Package { get; }

    /// <summary>What makes activation maps of this package's outputs; null where it gives no feature map.</summary>
    public ActivationHeads? Heads { get; }

    /// <summary>The version of the native library.</summary>
    public static string RuntimeVersion => OrtEnv.Instance().GetVersionString();

    /// <summary>What computes; part of what makes a result repeatable.</summary>
    public ExecutionProvider Provider => _graphs.Provider;

    /// <summary>What does not work here though it is built in, what runs instead, and why; null when the fastest runs, or what was asked for.</summary>
    public string? FallBack => _graphs.FallBack;

    /// <summary>Loads the graphs on the best execution provider that works here, and runs the golden test.</summary>
    /// <exception cref="ModelPackageException">The graphs are not what the manifest says, or the golden test fails.</exception>
    /// <exception cref="ScoringException">The provider that was asked for does not work here.</exception>
    public static ScoringModel Open(ModelPackage package, ScoringOptions options, ILogger<ScoringModel> logger)
    {
        var graphs = LoadedGraphs.Load(package, options, logger);
        var model = new ScoringModel(package, graphs);
        try
        {
            var failures = model.CheckGolden().Where(check => !check.Passed).Select(check => check.ToString()).ToList();
            return failures.Count == 0 ? model : throw new ModelPackageException(package.Directory, failures);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Runs the package's golden test again and says how far each output is from what it must be.</summary>
    public IReadOnlyList<GoldenCheck> CheckGolden() => GoldenTest.Run(Package, Provider, _graphs.Run);

    /// <summary>
    /// Runs all graphs once on an empty volume of the package's size: the first run takes several times as long as those that follow (memory is laid out, a GPU's library
    /// chooses or builds its kernels), and no patient should wait for it.
    /// </summary>
    /// <exception cref="ModelPackageException">The graphs take no volume of that size, or this machine cannot compute one.</exception>
    public void WarmUp()
    {
        try
        {
            foreach (var _ in _graphs.Run(GraphPass.All, new float[(long)Package.Input.Size.X * Package.Input.Size.Y * Package.Input.Size.Z], CancellationToken.None)) { }
        }
        catch (ScoringException error)
        {
            throw new ModelPackageException(Package.Directory, [$"input.size: a volume of {Package.Input.Size} could not be scored here. {error.Message}"]);
        }
    }

    /// <summary>Scores one tensor with all graphs, on the caller's thread and ONNX Runtime's own.</summary>
    /// <param name="tensor">Made as <see cref="ModelPackage.Input"/> says.</param>
    /// <param name="stop">Ends the work between two operators of the graph.</param>
    /// <exception cref="ScoringException">It could not be computed, or what came out is no number.</exception>
    public ModelOutput Score(ImageTensor tensor, CancellationToken stop = default) => Score(GraphPass.All, tensor, stop);

    /// <summary>Likewise with the graphs of one pass: what the others make is empty in what comes out.</summary>
    /// <exception cref="ScoringException">It could not be computed, or what came out is no number.</exception>
    public ModelOutput Score(GraphPass pass, ImageTensor tensor, CancellationToken stop)
    {
        if (tensor.Size != Package.Input.Size)
            throw new ArgumentException($"The tensor is {tensor.Size}, {Package.Id} reads {Package.Input.Size}.", nameof(tensor));
        stop.ThrowIfCancellationRequested();
        using var activity = ModelsTelemetry.Activities.StartActivity("model.score");
        var start = Stopwatch.GetTimestamp();
        var output = _reader.Read(_graphs.Run(pass, tensor.Values, stop));
        ModelsTelemetry.Scoring.Record(
            Stopwatch.GetElapsedTime(start).TotalSeconds, new("package", Package.Id), new("provider", Provider.ToString()));
        return output;
    }

    /// <summary>As <see cref="Score(GraphPass, ImageTensor, CancellationToken)"/>, on a thread of the pool, and not before the package's <see cref="ModelPackage.Latency"/> is over.</summary>
    public async Task<ModelOutput> ScoreAsync(GraphPass pass, ImageTensor tensor, TimeProvider clock, CancellationToken stop)
    {
        var latency = Package.Latency > TimeSpan.Zero ? Task.Delay(Package.Latency, clock, stop) : Task.CompletedTask;
        var output = await Task.Run(() => Score(pass, tensor, stop), stop);
        await latency;
        return output;
    }

    public void Dispose() => _graphs.Dispose();
}
