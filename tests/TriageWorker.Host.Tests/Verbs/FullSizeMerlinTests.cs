using System.Globalization;
using TriageWorker.Models.Scoring;

namespace TriageWorker.Host.Tests.Verbs;

public sealed class FullSizeMerlinTests(FullSizeMerlin merlin, ITestOutputHelper output) : IClassFixture<FullSizeMerlin>
{
    /// <summary>Random weights make logits far beyond those of a trained network, whose sigmoid makes much of little: probabilities may differ by more.</summary>
    private const double Single = 1e-3, Half = 5e-3, HalfProbabilities = 2e-2;

    /// <summary>Of a process that scores, 2 GB in all; what this one has besides is the tests' own.</summary>
    private const long MostMemory = 1_900_000_000;

    [Fact]
    public async Task It_is_imported_within_one_and_a_half_times_its_size_and_scores_as_PyTorch_does()
    {
        Assert.SkipWhen(merlin.WhyNot is not null, merlin.WhyNot ?? "");
        var (package, peak) = await merlin.ImportAsync("Float32");
        output.WriteLine($"checkpoint {merlin.CheckpointBytes >> 20} MB, import peak {peak >> 20} MB");
        peak.ShouldBeLessThan(merlin.CheckpointBytes * 3 / 2);
        using var model = FullSizeMerlin.Open(package);
        Close(model.Score(merlin.Volume), Single, Single);
    }

    [Fact]
    public async Task In_half_precision_it_scores_as_PyTorch_does_in_single_but_for_the_rounding_of_its_weights()
    {
        Assert.SkipWhen(merlin.WhyNot is not null, merlin.WhyNot ?? "");
        using var model = FullSizeMerlin.Open((await merlin.ImportAsync("Float16")).Package); // a processor has no half precision to compute in
        Close(model.Score(merlin.Volume), Half, HalfProbabilities);
    }

    [Fact]
    public async Task Score_after_score_it_needs_no_more_than_its_memory()
    {
        Assert.SkipWhen(merlin.WhyNot is not null, merlin.WhyNot ?? "");
        var volume = merlin.Volume;
        var (package, _) = await merlin.ImportAsync("Float32");
        var before = Memory("VmRSS");
        using var model = FullSizeMerlin.Open(package);
        for (var score = 0; score < 3; score++) // the first meets weights that are not in memory yet, and its plan serves the others
        {
            await File.WriteAllTextAsync("/proc/self/clear_refs", "5", TestContext.Current.CancellationToken); // proc(5): the peak starts anew
            model.Score(volume);
            var peak = Memory("VmHWM") - before;
            output.WriteLine($"{peak >> 20} MB");
            peak.ShouldBeLessThan(MostMemory);
        }
    }

    private static long Memory(string what) =>
        1024 * long.Parse(File.ReadLines("/proc/self/status").Single(line => line.StartsWith(what, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);

    private void Close(ModelOutput said, double allowed, double ofProbabilities)
    {
        foreach (var (name, deviation) in merlin.Deviations(said))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {deviation:0.0e+0} of the largest value"));
            deviation.ShouldBeLessThan(name == "phenotypes" ? ofProbabilities : allowed, name);
        }
    }
}
