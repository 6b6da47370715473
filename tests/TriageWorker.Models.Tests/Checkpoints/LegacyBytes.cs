using static TriageWorker.Testing.Pickling;

namespace TriageWorker.Models.Tests.Checkpoints;

/// <summary>Writes the layout before zip archives: five pickles, then each storage after its count.</summary>
internal static class LegacyBytes
{
    public static byte[] Of(byte[] tensors, params (string Key, long Count, byte[] Content)[] storages) => Of(isLittleEndian: true, tensors, storages);

    public static byte[] Of(bool isLittleEndian, byte[] tensors, params (string Key, long Count, byte[] Content)[] storages) =>
    [
        .. Pickle(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19),
        .. Pickle(Integer(1001)),
        .. Pickle(Dictionary(("protocol_version", Integer(1001)), ("little_endian", [(byte)(isLittleEndian ? 0x88 : 0x89)]), ("type_sizes", Dictionary(("long", Integer(4)))))),
        .. Pickle(tensors),
        .. Pickle(List([.. storages.Select(storage => Text(storage.Key))])),
        .. storages.SelectMany(storage => (byte[])[.. Counted(storage.Count, isLittleEndian), .. storage.Content]),
    ];

    private static byte[] Counted(long count, bool isLittleEndian)
    {
        var bytes = BitConverter.GetBytes(count);
        if (!isLittleEndian) Array.Reverse(bytes);
        return bytes;
    }
}
