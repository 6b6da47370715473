using System.Globalization;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Host.Trials;

/// <summary>How fast a package is here, once it is warm.</summary>
/// <param name="LoadSeconds">Digests, graphs and the package's own test.</param>
/// <param name="Seconds">Of each run, in their order.</param>
/// <param name="PeakBytes">The most memory that this process had, all together; 0 where the system does not say.</param>
internal sealed record TrialSpeed(string Package, string Version, string Provider, string? FallBack, int Threads, double LoadSeconds, IReadOnlyList<double> Seconds, long PeakBytes)
{
    public double Median => Seconds.Order().ElementAt(Seconds.Count / 2);

    /// <param name="model">Opened, which has warmed it up.</param>
    public static TrialSpeed Measure(ScoringModel model, ScoringOptions options, TimeSpan loaded, int runs, Action ran, TimeProvider clock, CancellationToken stop)
    {
        var size = model.Package.Input.Size;
        var values = new float[size.X * size.Y * size.Z];
        for (var i = 0; i < values.Length; i++) values[i] = (float)((1 + Math.Sin(i)) / 2);
        var tensor = new ImageTensor(values, size, TrialInput.ToRas(model.Package), new FieldOfView(default, default, default));
        var seconds = new List<double>();
        for (var run = 0; run <= runs; run++)
        {
            var began = clock.GetTimestamp();
            model.Score(tensor, stop);
            // The first run at this size is still warming up.
            if (run > 0) seconds.Add(Math.Round(clock.GetElapsedTime(began).TotalSeconds, 4));
            ran();
        }

        return new(model.Package.Id, model.Package.Version, $"{model.Provider}, ONNX Runtime {ScoringModel.RuntimeVersion}", model.FallBack,
            options.Threads == 0 ? Environment.ProcessorCount : options.Threads, Math.Round(loaded.TotalSeconds, 3), seconds, Peak());
    }

    // The high-water mark of what was resident, as Linux keeps it.
    private static long Peak()
    {
        const string status = "/proc/self/status", mark = "VmHWM:";
        if (!File.Exists(status)) return 0;
        return File.ReadLines(status).FirstOrDefault(line => line.StartsWith(mark, StringComparison.Ordinal)) is { } line
            && long.TryParse(line[mark.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes) ? kilobytes * 1024 : 0;
    }
}
