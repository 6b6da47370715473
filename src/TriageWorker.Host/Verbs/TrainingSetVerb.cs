using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using TriageWorker.Host.Training;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage models training-set</c>: draws phantoms and writes the tensors and labels that the demonstration model is trained on.</summary>
public static class TrainingSetVerb
{
    public static Command Create(IAnsiConsole console)
    {
        var count = new Option<int>("--count") { Description = "How many phantoms.", DefaultValueFactory = _ => 2000 };
        var seed = new Option<int>("--seed") { Description = "Seed of the first phantom; the others follow.", DefaultValueFactory = _ => 1_000_000 };
        var output = new Option<DirectoryInfo>("--out") { Description = "Where to write.", Required = true };
        var threads = new Option<int>("--threads") { Description = "Cores to use.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var scanned = new Option<bool>("--as-scanned") { Description = "Matrix and slices as scanners send them, instead of quick and varied ones." };
        var twins = new Option<bool>("--twins") { Description = "Each person twice: with the findings that were drawn, and with the others." };
        var spacing = new Option<string>("--spacing") { Description = "Millimetres between voxels, X,Y,Z.", DefaultValueFactory = _ => "5,5,6" };
        var size = new Option<string>("--size") { Description = "Voxels, X,Y,Z.", DefaultValueFactory = _ => "80,60,72" };
        var hounsfield = new Option<string>("--hounsfield") { Description = "Hounsfield units that become 0 and 1.", DefaultValueFactory = _ => "-300,500" };
        var command = new Command("training-set", "Draw phantoms and write their tensors and labels for training.")
        {
            count, seed, output, threads, scanned, twins, spacing, size, hounsfield,
        };
        command.SetAction((parsed, stop) =>
        {
            var (first, number) = (parsed.GetValue(seed), parsed.GetValue(count));
            var mix = parsed.GetValue(scanned) ? CaseMix.AsScanned(first, number) : CaseMix.Varied(first, number);
            mix = mix with { Twins = parsed.GetValue(twins) };
            var tensor = Spec(Numbers(parsed.GetValue(spacing)!, 3), Numbers(parsed.GetValue(size)!, 3), Numbers(parsed.GetValue(hounsfield)!, 2));
            return Task.Run(() => Write(console, new TrainingSet(mix, tensor), number, parsed.GetRequiredValue(output).FullName, parsed.GetValue(threads), stop), stop);
        });
        return command;
    }

    private static int Write(IAnsiConsole console, TrainingSet set, int count, string directory, int threads, CancellationToken stop)
    {
        console.Progress().Columns(new PlainTitleColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).Start(progress =>
        {
            var task = progress.AddTask($"{count} phantoms", maxValue: count);
            set.Write(directory, threads, () => task.Increment(1), stop);
        });
        console.WriteLine($"{count} tensors and their labels are in {directory}.");
        return ExitCode.Done;
    }

    private static TensorSpec Spec(double[] spacing, double[] size, double[] hounsfield)
    {
        var spec = TensorSpec.Merlin with
        {
            SpacingMm = new Vector3d(spacing[0], spacing[1], spacing[2]),
            Size = new GridSize((int)size[0], (int)size[1], (int)size[2]),
            HuMin = hounsfield[0],
            HuMax = hounsfield[1],
        };
        return spec.Faults().ToList() is [var fault, ..] ? throw new UserFault($"No tensor can be made: {fault}.") : spec;
    }

    private static double[] Numbers(string text, int count)
    {
        var numbers = text.Split(',').Select(part => double.TryParse(part, CultureInfo.InvariantCulture, out var number) ? number : double.NaN).ToArray();
        return numbers.Length == count && numbers.All(double.IsFinite) ? numbers : throw new UserFault($"'{text}' is not {count} numbers with commas between them.");
    }
}
