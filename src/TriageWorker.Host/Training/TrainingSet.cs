using System.Text.Json;
using System.Text.Json.Serialization;
using TriageWorker.Imaging.Tensors;

namespace TriageWorker.Host.Training;

/// <summary>Writes a set that <c>onnx/phantom/training/train.py</c> reads: tensors, what each voxel belongs to, labels, and how all were made.</summary>
public sealed class TrainingSet(CaseMix mix, TensorSpec tensor)
{
    /// <param name="directory">Made if it is not there; what stands in it is overwritten.</param>
    /// <param name="drawn">Called after each phantom.</param>
    public void Write(string directory, int threads, Action drawn, CancellationToken stop)
    {
        Directory.CreateDirectory(directory);
        var lines = new string[mix.Count];
        using (var stack = new TensorStack(Path.Combine(directory, "tensors.npy"), mix.Count, tensor.Size))
        using (var regions = new TensorStack(Path.Combine(directory, "regions.npy"), mix.Count, tensor.Size))
        {
            Parallel.For(0, mix.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = stop }, i =>
            {
                var @case = DrawnCase.Draw(mix[i] with { WithRegions = true }, tensor, stop);
                stack.Write(i, @case.Tensor);
                regions.Write(i, @case.Regions!);
                lines[i] = LabelSheet.Line(@case);
                drawn();
            });
        }

        File.WriteAllLines(Path.Combine(directory, "labels.csv"), [LabelSheet.Header, .. lines]);
        File.WriteAllBytes(Path.Combine(directory, "set.json"), JsonSerializer.SerializeToUtf8Bytes(Description(), TrainingSetJson.Default.TrainingSetDescription));
    }

    private TrainingSetDescription Description() => new(
        mix.FirstSeed, mix.Count, mix.Twins, mix.Matrices, mix.Slices, DrawnLabels.All.ToDictionary(label => label.Key, label => label.Rule),
        new InputDescription(
            tensor.Axes, "NCXYZ", [tensor.SpacingMm.X, tensor.SpacingMm.Y, tensor.SpacingMm.Z], [tensor.Size.X, tensor.Size.Y, tensor.Size.Z],
            [tensor.HuMin, tensor.HuMax], [tensor.OutMin, tensor.OutMax], tensor.Clip, tensor.PadValue));
}

/// <summary><c>set.json</c>. <paramref name="Rules"/> (by label) and <paramref name="Input"/> go into the package's manifest as they are.</summary>
internal sealed record TrainingSetDescription(
    int FirstSeed, int Count, bool Twins, IReadOnlyList<int> Matrices, IReadOnlyList<int> Slices, IReadOnlyDictionary<string, string> Rules, InputDescription Input);

/// <summary>The manifest's <c>input</c>.</summary>
internal sealed record InputDescription(
    string Axes, string Layout, double[] SpacingMm, int[] Size, double[] Hounsfield, double[] Scaled, bool Clip, double PadValue);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(TrainingSetDescription))]
internal sealed partial class TrainingSetJson : JsonSerializerContext;
