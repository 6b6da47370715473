using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TriageWorker.Store;

/// <summary>What a seal says of its rows, gathered from them one by one in their order.</summary>
internal sealed class SealContent : IDisposable
{
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ArrayBufferWriter<byte> _scratch = new();
    private readonly List<RowMark> _marks = [];

    public IReadOnlyList<RowMark> Marks => _marks;

    public LedgerPlace First { get; private set; }

    public LedgerPlace Last { get; private set; }

    public long TopId { get; private set; }

    /// <returns>The hash of the row.</returns>
    public byte[] Add(LedgerRow row)
    {
        var hash = HashOf(row);
        _digest.AppendData(hash);
        if (_marks.Count == 0) First = row.Place;
        Last = row.Place;
        TopId = Math.Max(TopId, row.Id);
        _marks.Add(RowMark.Of(row.Id, hash));
        return hash;
    }

    /// <summary>The hash of a row that is not part of it.</summary>
    public byte[] HashOf(LedgerRow row)
    {
        var hash = new byte[LedgerBytes.HashSize];
        LedgerBytes.Hash(row, _scratch, hash);
        return hash;
    }

    /// <summary>Over the hashes of all rows so far.</summary>
    public byte[] Digest() => _digest.GetCurrentHash();

    /// <summary>Begins anew, for the next seal.</summary>
    public void Clear()
    {
        _digest.GetHashAndReset();
        _marks.Clear();
        TopId = 0;
    }

    public void Dispose() => _digest.Dispose();
}

/// <summary>
/// Which row stood at a place of a seal. Not part of the chain: where the chain says that something is wrong, the marks
/// say what, unless they were made to fit.
/// </summary>
/// <param name="Start">The first eight bytes of the row's hash.</param>
internal readonly record struct RowMark(long Id, ulong Start)
{
    private const int Size = sizeof(long) + sizeof(ulong);

    public static RowMark Of(long id, ReadOnlySpan<byte> hash) => new(id, BinaryPrimitives.ReadUInt64BigEndian(hash));

    public static byte[] Write(IReadOnlyList<RowMark> marks)
    {
        var bytes = new byte[marks.Count * Size];
        for (var i = 0; i < marks.Count; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(i * Size), marks[i].Id);
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(i * Size + sizeof(long)), marks[i].Start);
        }

        return bytes;
    }

    public static RowMark[] Read(ReadOnlySpan<byte> bytes)
    {
        var marks = new RowMark[bytes.Length / Size];
        for (var i = 0; i < marks.Length; i++)
            marks[i] = new(BinaryPrimitives.ReadInt64BigEndian(bytes[(i * Size)..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[(i * Size + sizeof(long))..]));
        return marks;
    }
}
