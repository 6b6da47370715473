using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using TriageWorker.Models.Graphs;

namespace TriageWorker.Benchmarks.Merlin;

/// <summary>A product of two square matrices in single precision by ONNX Runtime: the rate that a convolution may hope for here.</summary>
public sealed class MatrixProduct : IDisposable
{
    private const int Size = 2048, Repeats = 5;

    private readonly InferenceSession _session;
    private readonly float[] _matrix = [.. Enumerable.Range(0, Size * Size).Select(i => (i % 17) - 8f)];

    public MatrixProduct(int threads)
    {
        var builder = new GraphBuilder("product");
        var size = Size.ToString(System.Globalization.CultureInfo.InvariantCulture);
        builder.Node("MatMul", "c", [builder.Input("a", size, size), builder.Input("b", size, size)]);
        builder.Output("c", size, size);
        var path = Path.GetTempFileName();
        try
        {
            GraphFile.Write(path, builder);
            using var options = new SessionOptions { IntraOpNumThreads = threads };
            _session = new InferenceSession(path, options);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The middle of a few products.</summary>
    public double Gigaflops() => BenchmarkContext.Median(Enumerable.Range(0, Repeats).Select(_ => 2e-9 * Size * Size * Size / Seconds()));

    public void Dispose() => _session.Dispose();

    private double Seconds()
    {
        using var matrix = OrtValue.CreateTensorValueFromMemory(_matrix, [Size, Size]);
        using var run = new RunOptions();
        var start = Stopwatch.GetTimestamp();
        using var product = _session.Run(run, ["a", "b"], [matrix, matrix], ["c"]);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
