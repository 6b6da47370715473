using System.Diagnostics;
using System.Globalization;
using TriageWorker.Host;
using TriageWorker.Imaging.Decoding;
using TriageWorker.Imaging.Series;
using TriageWorker.Imaging.Tensors;

namespace TriageWorker.Benchmarks.Tensors;

/// <summary>This program as the maker of tensors, so that its processor time and memory are those of the task alone.</summary>
/// <remarks>Answers each line of its input with the milliseconds from the files to the tensor, and those of the digests after it; ends with its input.</remarks>
public static class TensorProcess
{
    public const string Verb = "make-tensor";

    public static async Task<int> RunAsync(string[] arguments)
    {
        var paths = Directory.GetFiles(arguments[0]);
        using var decoder = new FrameDecoder(TimeSpan.FromMinutes(1), TimeProvider.System);
        while (await Console.In.ReadLineAsync() is not null)
        {
            var start = Stopwatch.GetTimestamp();
            var selection = SeriesSelection.Of(StudyHeaders.Read(paths), new SeriesNeeds(), decoder.Decodes);
            var series = new DicomSlices((selection.Chosen ?? throw new InvalidOperationException(selection.WhyNone())).Geometry, decoder);
            var tensor = TensorBuilder.Build(series, TensorSpec.Merlin);
            var made = Stopwatch.GetTimestamp();
            _ = (series.Digest(), tensor.Digest());
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start, made).TotalMilliseconds} {Stopwatch.GetElapsedTime(made).TotalMilliseconds}"));
        }

        return ExitCode.Done;
    }
}
