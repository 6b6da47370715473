using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Scoring;
using TriageWorker.Models.Sessions;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Verbs;

/// <summary>The published network at its full size (blocks 3-8-36-3, 1.1 GB) with random weights, and what PyTorch makes of a volume.</summary>
public sealed class FullSizeMerlin : IAsyncLifetime
{
    private const string Python = "/usr/bin/python3"; // Debian's own, which has Debian's python3-torch

    /// <summary>Runs what follows and prints the most memory that it had resident at once, in KiB.</summary>
    private const string WithPeak = "import resource, subprocess, sys; code = subprocess.run(sys.argv[1:]).returncode; print('peak', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(code)";

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, (ModelPackage Package, long PeakBytes)> _imported = [];

    /// <summary>Why there is none; null when there is one.</summary>
    public string? WhyNot { get; private set; }

    public long CheckpointBytes => new FileInfo(_folder.At("default.pt")).Length;

    public ImageTensor Volume => new(Values("volume"), new GridSize(224, 224, 160), Affine.Identity, new FieldOfView(default, default, default));

    public async ValueTask InitializeAsync()
    {
        WhyNot = !LongRun.IsOn ? LongRun.Reason
            : !File.Exists(Python) || (await ExternalTool.RunAsync(Python, "-c", "import torch")).ExitCode != 0 ? "PyTorch is not here: install python3-torch."
            : null;
        if (WhyNot is not null) return;
        await SaidAsync("", Repository.At("tests", "TriageWorker.Models.Tests", "Merlin", "full_size.py"), _folder.Path);
        await SaidAsync("run", Repository.At("tests", "TriageWorker.Benchmarks", "peers", "merlin_torch.py"), _folder.Path, "2");
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>An array that PyTorch said, or that was drawn.</summary>
    public float[] Values(string name) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(_folder.At($"{name}.f32"))).ToArray();

    /// <summary>Imports it as a hospital would, once.</summary>
    /// <returns>The package, and the most bytes that the import had resident.</returns>
    public async Task<(ModelPackage Package, long PeakBytes)> ImportAsync(string precision)
    {
        if (_imported.TryGetValue(precision, out var before)) return before;
        var package = _folder.At(precision);
        var said = await SaidAsync(
            "", "-c", WithPeak, "dotnet", TriageProgram.Path, "models", "import", "merlin", "--checkpoint", _folder.At("default.pt"), "--phenotypes", _folder.At("phenotypes.csv"), "--licence", "none", "--precision", precision, "--out", package);
        return _imported[precision] = (ModelPackage.Load(package), 1024 * long.Parse(said.Split("peak ")[^1], CultureInfo.InvariantCulture));
    }

    public static ScoringModel Open(ModelPackage package) =>
        ScoringModel.Open(package, new ScoringOptions { Provider = ExecutionProvider.Cpu, Threads = 2 }, NullLogger<ScoringModel>.Instance);

    /// <summary>How far each output is from PyTorch's, as a share of the largest value that PyTorch said.</summary>
    public IEnumerable<(string Output, double Deviation)> Deviations(ModelOutput said)
    {
        yield return Of("feature_map", said.FeatureMap.ShouldNotBeNull().Values.ToArray(), Values("feature_map"));
        yield return Of("embedding", said.Embedding.ToArray(), Values("embedding"));
        yield return Of("contrastive", said.Contrastive.ToArray(), Values("contrastive"));
        yield return Of("phenotypes", [.. said.Phenotypes.Select(score => (float)score.Score)], [.. Values("logits").Select(logit => (float)ZeroShot.Sigmoid(logit))]);
    }

    private static (string Output, double Deviation) Of(string output, float[] ours, float[] theirs)
    {
        ours.Length.ShouldBe(theirs.Length, output);
        return (output, ours.Zip(theirs).Max(pair => Math.Abs((double)pair.First - pair.Second)) / theirs.Max(value => Math.Abs((double)value)));
    }

    private static async Task<string> SaidAsync(string input, params string[] arguments)
    {
        using var process = Process.Start(Started(arguments))!;
        await process.StandardInput.WriteLineAsync(input);
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(20)); // minutes on a machine with other work
        var said = await process.StandardOutput.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        process.ExitCode.ShouldBe(0, said);
        return said;
    }

    private static ProcessStartInfo Started(string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in TriageProgram.Environment) start.Environment[name] = value;
        return start;
    }
}
