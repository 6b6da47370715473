using System.Runtime.InteropServices;
using Google.Protobuf;
using Onnx;
using static Onnx.AttributeProto.Types;
using static Onnx.TensorProto.Types;

namespace TriageWorker.Models.Graphs;

/// <summary>Puts a graph together, node by node, in the order they are computed. Every method returns the name of what comes out.</summary>
internal sealed class GraphBuilder
{
    private readonly List<Weight> _weights = [];

    public GraphBuilder(string name) => Graph = new GraphProto { Name = name };

    /// <summary>Nodes, inputs and outputs; the weights stand beside it.</summary>
    public GraphProto Graph { get; }

    public IReadOnlyList<Weight> Weights => _weights;

    /// <param name="dimensions">A number, or a name for a size that each run may choose.</param>
    public string Input(string name, params string[] dimensions)
    {
        Graph.Input.Add(Value(name, dimensions));
        return name;
    }

    public void Output(string name, params string[] dimensions) => Graph.Output.Add(Value(name, dimensions));

    public string Weight(Weight weight)
    {
        _weights.Add(weight);
        return weight.Name;
    }

    /// <summary>A small constant of whole numbers: a shape, places along axes.</summary>
    public string Integers(string name, params long[] values)
    {
        Graph.Initializer.Add(new TensorProto { Name = name, DataType = DataType.Int64, Dims = { values.Length }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())) });
        return name;
    }

    public string Node(string operation, string output, string[] inputs, params AttributeProto[] attributes)
    {
        Nodes(operation, [output], inputs, attributes);
        return output;
    }

    /// <summary>One node from which several values come.</summary>
    public void Nodes(string operation, string[] outputs, string[] inputs, params AttributeProto[] attributes) =>
        Graph.Node.Add(new NodeProto { Name = outputs[0], OpType = operation, Input = { inputs }, Output = { outputs }, Attribute = { attributes } });

    public string Rectify(string input) => Node("Relu", $"{input}.relu", [input]);

    public string Cast(string input, string output, Precision to) =>
        Node("Cast", output, [input], Attribute("to", (int)(to == Precision.Float16 ? DataType.Float16 : DataType.Float)));

    public static AttributeProto Attribute(string name, long value) => new() { Name = name, Type = AttributeType.Int, I = value };

    public static AttributeProto Attribute(string name, params long[] values) => new() { Name = name, Type = AttributeType.Ints, Ints = { values } };

    private static ValueInfoProto Value(string name, string[] dimensions)
    {
        var shape = new TensorShapeProto();
        foreach (var dimension in dimensions)
            shape.Dim.Add(long.TryParse(dimension, System.Globalization.CultureInfo.InvariantCulture, out var size) ? new TensorShapeProto.Types.Dimension { DimValue = size } : new TensorShapeProto.Types.Dimension { DimParam = dimension });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = DataType.Float, Shape = shape } } };
    }
}
