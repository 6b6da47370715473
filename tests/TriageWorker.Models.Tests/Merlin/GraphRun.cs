using Microsoft.ML.OnnxRuntime;
using TriageWorker.Models.Graphs;
using TriageWorker.Models.Merlin;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Merlin;

/// <summary>Writes a graph, lets ONNX Runtime read the file, and asks it.</summary>
internal sealed class GraphRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly InferenceSession _session;

    public GraphRun(GraphBuilder graph, long largestWithin = GraphFile.LargestWithin)
    {
        Files = GraphFile.Write(_folder.At("image.onnx"), graph, largestWithin);
        _session = new InferenceSession(Files[0]);
    }

    public IReadOnlyList<string> Files { get; }

    public Dictionary<string, float[]> Run(float[] volumes, (int X, int Y, int Z) size)
    {
        var batch = volumes.Length / (size.X * size.Y * size.Z);
        using var input = OrtValue.CreateTensorValueFromMemory(volumes, [batch, 1, size.X, size.Y, size.Z]);
        using var run = new RunOptions();
        string[] outputs = [.. _session.OutputMetadata.Keys];
        using var results = _session.Run(run, [ImageGraph.Input], [input], outputs);
        return outputs.Zip(results, (name, value) => (name, Values: value.GetTensorDataAsSpan<float>().ToArray())).ToDictionary(pair => pair.name, pair => pair.Values);
    }

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }
}
