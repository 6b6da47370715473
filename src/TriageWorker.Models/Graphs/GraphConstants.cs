using Onnx;
using static Onnx.AttributeProto.Types;
using static Onnx.TensorProto.Types;

namespace TriageWorker.Models.Graphs;

/// <summary>Whole numbers in a graph, and constants that are part of its text and no weights.</summary>
internal static class GraphConstants
{
    extension(GraphBuilder graph)
    {
        /// <summary>As <see cref="GraphBuilder.Input"/>, of whole numbers of 64 bits.</summary>
        public string WholeInput(string name, params string[] dimensions)
        {
            graph.Input(name, dimensions);
            graph.Graph.Input[^1].Type.TensorType.ElemType = DataType.Int64;
            return name;
        }

        public string Whole(string name, long value) => graph.Node("Constant", name, [], GraphBuilder.Attribute("value_int", value));

        public string Wholes(string name, params long[] values) => graph.Node("Constant", name, [], GraphBuilder.Attribute("value_ints", values));

        public string Real(string name, double value) => graph.Node("Constant", name, [], new AttributeProto { Name = "value_float", Type = AttributeType.Float, F = (float)value });
    }
}
