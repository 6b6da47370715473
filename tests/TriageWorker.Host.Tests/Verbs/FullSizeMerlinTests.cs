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

/// <summary>The published network at its full size (blocks 3-8-36-3, 1.1 GB) with random weights, beside PyTorch.</summary>
public sealed class FullSizeMerlinTests(ITestOutputHelper output) : IDisposable
{
    private const string Python = "/usr/bin/python3"; // Debian's own, which has Debian's python3-torch

    /// <summary>Runs what follows and prints the most memory that it had resident at once, in KiB.</summary>
    private const string WithPeak = "import resource, subprocess, sys; code = subprocess.run(sys.argv[1:]).returncode; print('peak', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(code)";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_is_imported_within_one_and_a_half_times_its_size_and_scores_as_PyTorch_does()
    {
        Assert.SkipUnless(LongRun.IsOn, LongRun.Reason);
        Assert.SkipUnless(File.Exists(Python) && (await ExternalTool.RunAsync(Python, "-c", "import torch")).ExitCode == 0, "PyTorch is not here: install python3-torch.");
        await SaidAsync("", Repository.At("tests", "TriageWorker.Models.Tests", "Merlin", "full_size.py"), _folder.Path);
        var theirs = await SaidAsync("run", Repository.At("tests", "TriageWorker.Benchmarks", "peers", "merlin_torch.py"), _folder.Path, "2");

        var imported = await SaidAsync("", "-c", WithPeak, "dotnet", TriageProgram.Path, "models", "import", "merlin", "--checkpoint", _folder.At("default.pt"), "--phenotypes", _folder.At("phenotypes.csv"), "--licence", "none", "--out", _folder.At("merlin"));
        var peak = 1024 * long.Parse(imported.Split("peak ")[^1], CultureInfo.InvariantCulture);
        var size = new FileInfo(_folder.At("default.pt")).Length;
        peak.ShouldBeLessThan(size * 3 / 2);

        using var model = ScoringModel.Open(ModelPackage.Load(_folder.At("merlin")), new ScoringOptions { Provider = ExecutionProvider.Cpu }, NullLogger<ScoringModel>.Instance);
        var tensor = new ImageTensor(Values("volume"), new GridSize(224, 224, 160), Affine.Identity, new FieldOfView(default, default, default));
        var start = Stopwatch.GetTimestamp();
        var ours = model.Score(tensor);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"checkpoint {size >> 20} MB, import peak {peak >> 20} MB; score {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s, PyTorch {theirs.Split(' ')[0]} s"));
        Close(ours.FeatureMap.ShouldNotBeNull().Values.ToArray(), Values("feature_map"));
        Close(ours.Embedding.ToArray(), Values("embedding"));
        Close(ours.Contrastive.ToArray(), Values("contrastive"));
        Close(ours.Phenotypes.Select(score => (float)score.Score), Values("logits").Select(logit => (float)ZeroShot.Sigmoid(logit)));
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

    private void Close(IEnumerable<float> ours, IEnumerable<float> theirs)
    {
        const double allowed = 1e-3;
        var pairs = ours.Zip(theirs).ToList();
        var (worst, largest) = (pairs.Max(pair => Math.Abs((double)pair.First - pair.Second)), pairs.Max(pair => Math.Abs((double)pair.Second)));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{pairs.Count} numbers, the largest {largest:g3}, the largest difference {worst:g2}"));
        (worst / largest).ShouldBeLessThan(allowed);
    }

    private float[] Values(string name) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(_folder.At($"{name}.f32"))).ToArray();
}
