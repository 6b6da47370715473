using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using TriageWorker.Dicom;
using TriageWorker.Imaging.Series;
using TriageWorker.Imaging.Tensors;

namespace TriageWorker.Benchmarks;

/// <summary>
/// From cached, uncompressed CT files to Merlin's tensor: 400 slices of 512×512, or 60 in a quick run. The peer is
/// <c>peers/monai_chain.py</c>, which gives MONAI's own tensors bit for bit.
/// </summary>
public static class TensorBenchmark
{
    private const int Matrix = 512, Runs = 5;
    public static Benchmark Benchmark { get; } = new("tensor", "CT slices on disk (cached) to the tensor of Merlin", RunAsync);

    private static async Task RunAsync(BenchmarkContext context, CancellationToken stop)
    {
        var slices = context.Quick ? 60 : 400;
        var folder = Directory.CreateTempSubdirectory("triage-bench-tensor-");
        try
        {
            context.Say($"Writing {slices} slices of {Matrix}×{Matrix} …");
            var paths = await Task.Run(() => Write(folder.FullName, slices), stop);
            await using var monai = await MonaiPeer.StartAsync(folder.FullName);
            context.Say(monai is null ? "Without the peer: it needs Debian's python3-torch and python3-pydicom." : "Ours and MONAI's steps take turns over the same files …");
            var runs = new List<(double Headers, double Tensor, double Digest)>();
            var theirs = new List<double>();
            for (var run = 0; run <= (context.Quick ? 1 : Runs); run++)
            {
                var figures = await Task.Run(() => Measure(paths, stop), stop);
                var peer = monai is null ? double.NaN : await monai.RunAsync(stop);
                if (run == 0) continue; // it compiles the code and fills the cache
                runs.Add(figures);
                theirs.Add(peer);
            }

            context.Report(new("tensor.ready", BenchmarkContext.Median(runs.Select(r => r.Headers + r.Tensor)), "ms",
                monai is null ? null : "MONAI's chain", monai is null ? null : BenchmarkContext.Median(theirs)));
            context.Report(new("tensor.total", BenchmarkContext.Median(runs.Select(r => r.Headers + r.Tensor + r.Digest)), "ms"));
            context.Report(new("tensor.headers", BenchmarkContext.Median(runs.Select(r => r.Headers)), "ms"));
            context.Report(new("tensor.build", BenchmarkContext.Median(runs.Select(r => r.Tensor)), "ms"));
            context.Report(new("tensor.digest", BenchmarkContext.Median(runs.Select(r => r.Digest)), "ms"));
            context.Report(new("tensor.slices", slices, "slices"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (double Headers, double Tensor, double Digest) Measure(string[] paths, CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
        var selection = SeriesSelection.Of(StudyHeaders.Read(paths, 0, stop), new SeriesNeeds());
        var read = Stopwatch.GetTimestamp();
        var series = new DicomSlices((selection.Chosen ?? throw new InvalidOperationException(selection.WhyNone())).Geometry);
        var tensor = TensorBuilder.Build(series, TensorSpec.Merlin, 0, stop);
        var built = Stopwatch.GetTimestamp();
        _ = (series.Digest(0, stop), tensor.Digest());
        return (
            Stopwatch.GetElapsedTime(start, read).TotalMilliseconds,
            Stopwatch.GetElapsedTime(read, built).TotalMilliseconds,
            Stopwatch.GetElapsedTime(built).TotalMilliseconds);
    }

    private static string[] Write(string folder, int slices)
    {
        var random = new Random(1);
        var pixels = new short[Matrix * Matrix];
        return [.. Enumerable.Range(0, slices).Select(k =>
        {
            for (var n = 0; n < pixels.Length; n++) pixels[n] = (short)random.Next(-1024, 1500);
            var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{k:000}.dcm"));
            new DicomFile(Header(k).Set(DicomTag.PixelData, DicomVR.OW, MemoryMarshal.AsBytes(pixels.AsSpan()).ToArray())).Write(path);
            return path;
        })];
    }

    private static DicomDataset Header(int slice) => new DicomDataset()
        .Set(DicomTag.SOPClassUID, DicomUid.CTImageStorage)
        .Set(DicomTag.SOPInstanceUID, string.Create(CultureInfo.InvariantCulture, $"2.25.3.{slice + 1}"))
        .Set(DicomTag.StudyInstanceUID, "2.25.1")
        .Set(DicomTag.SeriesInstanceUID, "2.25.2")
        .Set(DicomTag.Modality, "CT")
        .Set(DicomTag.ImagePositionPatient, -180.0, -180.0, slice * 1.0)
        .Set(DicomTag.ImageOrientationPatient, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
        .Set(DicomTag.PixelSpacing, 0.703125, 0.703125)
        .Set(DicomTag.Rows, Matrix)
        .Set(DicomTag.Columns, Matrix)
        .Set(DicomTag.SamplesPerPixel, 1)
        .Set(DicomTag.PhotometricInterpretation, "MONOCHROME2")
        .Set(DicomTag.BitsAllocated, 16)
        .Set(DicomTag.BitsStored, 16)
        .Set(DicomTag.HighBit, 15)
        .Set(DicomTag.PixelRepresentation, 1)
        .Set(DicomTag.RescaleIntercept, 0.0)
        .Set(DicomTag.RescaleSlope, 1.0);
}
