using Microsoft.ML.OnnxRuntime;
using TriageWorker.Models.Graphs;
using TriageWorker.Models.Merlin;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Merlin;

/// <summary>Writes a text encoder's graph, lets ONNX Runtime read the file, and asks it.</summary>
internal sealed class TextRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly InferenceSession _session;

    public TextRun(MerlinCheckpoint checkpoint, TextAttention attention, Precision precision = Precision.Float32, long largestWithin = GraphFile.LargestWithin)
    {
        Files = GraphFile.Write(_folder.At("text.onnx"), new TextGraph(checkpoint, attention, precision).Build(), largestWithin);
        _session = new InferenceSession(Files[0]);
    }

    public IReadOnlyList<string> Files { get; }

    /// <summary>The vectors of sequences in one batch, each followed by padding up to <paramref name="length"/> or to the longest.</summary>
    public float[][] Run(IReadOnlyList<int[]> sequences, int length = 0)
    {
        length = Math.Max(length, sequences.Max(sequence => sequence.Length));
        long[] ids = [.. sequences.SelectMany(sequence => sequence.Concat(Enumerable.Repeat(TextEncoder.Pad, length - sequence.Length))).Select(id => (long)id)];
        using var input = OrtValue.CreateTensorValueFromMemory(ids, [sequences.Count, length]);
        using var run = new RunOptions();
        using var results = _session.Run(run, [TextGraph.Input], [input], [TextGraph.Output]);
        var values = results[0].GetTensorDataAsSpan<float>().ToArray();
        return [.. values.Chunk(values.Length / sequences.Count)];
    }

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }
}
