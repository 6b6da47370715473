using System.Text;

namespace TriageWorker.Models.Tests.OnnxRuntime;

/// <summary>Writes the few protobuf messages of an ONNX model with one node, y = op(x), by hand (onnx.proto3, IR version 8, opset 13).</summary>
internal static class TinyGraph
{
    private const int ElementTypeFloat = 1;

    public static byte[] OneNode(string operatorType, int length) => Message(
        Number(1, 8), // ModelProto.ir_version
        Part(8, Message(Number(2, 13))), // opset_import: version 13 of the default domain
        Part(7, Message( // graph
            Part(1, Message(Text(1, "x"), Text(2, "y"), Text(4, operatorType))), // node: input, output, op_type
            Text(2, "tiny"),
            Part(11, ValueInfo("x", length)),
            Part(12, ValueInfo("y", length)))));

    private static byte[] ValueInfo(string name, int length) => Message(
        Text(1, name),
        Part(2, Message( // TypeProto
            Part(1, Message( // Tensor
                Number(1, ElementTypeFloat),
                Part(2, Message(Part(1, Message(Number(1, length))))))))));

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
