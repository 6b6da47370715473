using System.Buffers.Binary;
using System.Text;

namespace TriageWorker.Testing;

/// <summary>Writes pickles opcode by opcode (Python's pickletools), right or wrong as a test wants them.</summary>
internal static class Pickling
{
    public static byte[] None => "N"u8.ToArray();

    public static byte[] False => [0x89];

    public static byte[] NoHooks => [.. Global("collections", "OrderedDict"), .. Tuple(), (byte)'R'];

    public static byte[] Pickle(params byte[] content) => [0x80, 2, .. content, (byte)'.'];

    public static byte[] Global(string module, string name) => [(byte)'c', .. Encoding.UTF8.GetBytes($"{module}\n{name}\n")];

    public static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [(byte)'X', .. BitConverter.GetBytes(bytes.Length), .. bytes];
    }

    public static byte[] Integer(long value)
    {
        if (value is >= int.MinValue and <= int.MaxValue) return [(byte)'J', .. BitConverter.GetBytes((int)value)];
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return [0x8a, 8, .. bytes];
    }

    public static byte[] Tuple(params byte[][] items) => [(byte)'(', .. items.SelectMany(item => item), (byte)'t'];

    public static byte[] Integers(params long[] values) => Tuple([.. values.Select(Integer)]);

    public static byte[] List(params byte[][] items) => [(byte)']', (byte)'(', .. items.SelectMany(item => item), (byte)'e'];

    public static byte[] Dictionary(params (string Key, byte[] Value)[] items) =>
        [(byte)'}', (byte)'(', .. items.SelectMany(item => (byte[])[.. Text(item.Key), .. item.Value]), (byte)'u'];

    public static byte[] Storage(string key, string storageClass, long count, params byte[][] more) =>
        [.. Tuple([Text("storage"), Global("torch", storageClass), Text(key), Text("cuda:0"), Integer(count), .. more]), (byte)'Q'];

    public static byte[] Tensor(byte[] storage, long offset, long[] shape, long[] stride) =>
        [.. Global("torch._utils", "_rebuild_tensor_v2"), .. Tuple(storage, Integer(offset), Integers(shape), Integers(stride), False, NoHooks), (byte)'R'];

    /// <summary>The whole of a float storage.</summary>
    public static byte[] Vector(string key, long count) => Tensor(Storage(key, "FloatStorage", count), 0, [count], [1]);
}
