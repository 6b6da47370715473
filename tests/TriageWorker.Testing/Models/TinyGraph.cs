using System.Runtime.InteropServices;
using System.Text;

namespace TriageWorker.Testing;

/// <summary>
/// Writes the few protobuf messages of an ONNX model by hand (onnx.proto3, IR version 8, opset 13).
/// </summary>
public static class TinyGraph
{
    private const int Float = 1;

    /// <summary>The mean m of the volume becomes the vector (m − <paramref name="half"/>, 1), and the volume's mean itself.</summary>
    public static byte[] MeanAgainst(float half, int x, int y, int z) => Model(
        Node("GlobalAveragePool", ["x"], "pooled"),
        Node("Flatten", ["pooled"], "embedding"),
        Node("Gemm", ["embedding", "w", "b"], "contrastive"),
        Part(5, Tensor("w", [1, 2], 1, 0)),
        Part(5, Tensor("b", [2], -half, 1)),
        Part(11, ValueInfo("x", 1, 1, x, y, z)),
        Part(12, ValueInfo("embedding", 1, 1)),
        Part(12, ValueInfo("contrastive", 1, 2)));

    /// <summary>One node, y = op(x), over vectors.</summary>
    public static byte[] OneNode(string operatorType, int length) => Model(
        Node(operatorType, ["x"], "y"),
        Part(11, ValueInfo("x", length)),
        Part(12, ValueInfo("y", length)));

    private static byte[] Model(params byte[][] graph) => Message(
        Number(1, 8), // ModelProto.ir_version
        Part(8, Message(Number(2, 13))), // opset_import: version 13 of the default domain
        Part(7, Message([.. graph, Text(2, "tiny")])));

    private static byte[] Node(string operatorType, string[] inputs, string output) =>
        Part(1, Message([.. inputs.Select(i => Text(1, i)), Text(2, output), Text(4, operatorType)]));

    private static byte[] Tensor(string name, int[] shape, params float[] values) => Message(
        [.. shape.Select(d => Number(1, d)), Number(2, Float), Text(8, name), Part(9, MemoryMarshal.AsBytes(values.AsSpan()).ToArray())]);

    private static byte[] ValueInfo(string name, params int[] shape) => Message(
        Text(1, name),
        Part(2, Message( // TypeProto
            Part(1, Message( // Tensor
                Number(1, Float),
                Part(2, Message([.. shape.Select(d => Part(1, Message(Number(1, d))))])))))));

    private static byte[] Message(params byte[][] fields) => [.. fields.SelectMany(f => f)];

    private static byte[] Number(int field, int value) => [.. Varint(field << 3), .. Varint(value)];

    private static byte[] Text(int field, string value) => Part(field, Encoding.UTF8.GetBytes(value));

    private static byte[] Part(int field, byte[] content) => [.. Varint(field << 3 | 2), .. Varint(content.Length), .. content];

    private static IEnumerable<byte> Varint(int value)
    {
        for (; value >= 0x80; value >>= 7) yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
