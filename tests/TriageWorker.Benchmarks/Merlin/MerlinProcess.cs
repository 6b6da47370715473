using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using TriageWorker.Host;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Benchmarks.Merlin;

/// <summary>This program as the scorer of an imported Merlin, so that its memory is that of scoring alone.</summary>
/// <remarks>Answers each line of its input with the seconds of a score and the processor's seconds; ends with its input.</remarks>
public static class MerlinProcess
{
    public const string Verb = "score-merlin";

    /// <summary>Where the package lies in the folder.</summary>
    public const string Package = "merlin";

    public static async Task<int> RunAsync(string[] arguments)
    {
        var folder = arguments[0];
        var options = new ScoringOptions { Provider = Enum.Parse<ExecutionProvider>(arguments[1]), Threads = MerlinScorer.Threads };
        using var model = ScoringModel.Open(ModelPackage.Load(Path.Combine(folder, Package)), options, NullLogger<ScoringModel>.Instance);
        var volume = MemoryMarshal.Cast<byte, float>(await File.ReadAllBytesAsync(Path.Combine(folder, "volume.f32"))).ToArray();
        var tensor = new ImageTensor(volume, new GridSize(224, 224, 160), Affine.Identity, new FieldOfView(default, default, default));
        while (await Console.In.ReadLineAsync() is not null)
        {
            var (start, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            model.Score(tensor);
            var (seconds, used) = (Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds} {used}"));
        }

        return ExitCode.Done;
    }
}
