using System.Globalization;
using System.Runtime.InteropServices;
using Onnx;
using static Onnx.TensorProto.Types;

namespace TriageWorker.Models.Maps;

/// <summary>
/// Finds the linear heads of a graph in the file itself, so that what a map is made of can be nothing else than what the score was made of. Nodes
/// and the heads' weights are read, and of the rest of the weights not a byte.
/// </summary>
internal sealed class GraphHeads
{
    private readonly string _file;
    private readonly Dictionary<string, Operation> _maker = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WireField> _weights = new(StringComparer.Ordinal);

    private GraphHeads(string file) => _file = file;

    /// <exception cref="InvalidDataException">The file is no ONNX graph.</exception>
    public static GraphHeads Open(string path)
    {
        var heads = new GraphHeads(path);
        using var file = File.OpenRead(path);
        foreach (var graph in WireField.In(file, 0, file.Length).Where(field => field.Number == ModelProto.GraphFieldNumber))
            foreach (var field in WireField.In(file, graph.Start, graph.End)) heads.Take(file, field);
        return heads;
    }

    /// <summary>
    /// The layer whose outputs these are, or whose outputs divided by their length: what a Gemm makes of <paramref name="embedding"/>. Null when
    /// the output is made in another way.
    /// </summary>
    public LinearHead? Behind(string output, string embedding)
    {
        if (_maker.GetValueOrDefault(output) is { Type: "Div" or "LpNormalization" } normalised) output = normalised.Inputs[0];
        if (_maker.GetValueOrDefault(output) is not { Type: "Gemm", Inputs: [var from, var weight, var bias], IsPlain: true } || from != embedding) return null;
        if (Read(weight) is not { Shape: [var outputs, var features] } rows || Read(bias) is not { Shape: [var count] } offsets || count != outputs) return null;
        return new LinearHead(outputs, features, rows.Values, offsets.Values);
    }

    private void Take(FileStream file, WireField field)
    {
        if (field.Number == GraphProto.InitializerFieldNumber)
        {
            var name = WireField.In(file, field.Start, field.End).FirstOrDefault(part => part.Number == TensorProto.NameFieldNumber);
            if (name.Number > 0) _weights[name.Text(file)] = field;
        }
        else if (field.Number == GraphProto.NodeFieldNumber)
        {
            var node = NodeProto.Parser.ParseFrom(field.Bytes(file));
            // Y = X·Wᵀ + b and nothing else; left out, alpha and beta are 1 and nothing is turned.
            var isPlain = node.Attribute.All(attribute => attribute.Name switch
            {
                "alpha" or "beta" => attribute.F == 1,
                "transB" => attribute.I == 1,
                "transA" => attribute.I == 0,
                _ => false,
            }) && node.Attribute.Any(attribute => attribute.Name == "transB");
            foreach (var output in node.Output) _maker[output] = new Operation(node.OpType, node.Input, isPlain);
        }
    }

    /// <summary>Float32, in the graph's own file or beside it; null for anything else.</summary>
    private (int[] Shape, float[] Values)? Read(string name)
    {
        if (!_weights.TryGetValue(name, out var field)) return null;
        using var file = File.OpenRead(_file);
        var weight = TensorProto.Parser.ParseFrom(field.Bytes(file));
        if (weight.DataType != DataType.Float) return null;
        var bytes = weight.DataLocation == DataLocation.External ? Beside(weight) : weight.RawData.ToByteArray();
        int[] shape = [.. weight.Dims.Select(size => (int)size)];
        return bytes.Length == shape.Aggregate(1L, (product, size) => product * size) * sizeof(float) ? (shape, MemoryMarshal.Cast<byte, float>(bytes).ToArray()) : null;
    }

    /// <summary>ONNX's external data: a file beside the graph, which the manifest has checked.</summary>
    private byte[] Beside(TensorProto weight)
    {
        var entries = weight.ExternalData.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        var folder = Path.GetDirectoryName(_file)!;
        using var file = File.OpenRead(Path.Combine(folder, entries["location"]));
        file.Position = long.Parse(entries.GetValueOrDefault("offset", "0"), CultureInfo.InvariantCulture);
        var bytes = new byte[entries.TryGetValue("length", out var length) ? long.Parse(length, CultureInfo.InvariantCulture) : file.Length - file.Position];
        file.ReadExactly(bytes);
        return bytes;
    }

    private sealed record Operation(string Type, IReadOnlyList<string> Inputs, bool IsPlain);
}
