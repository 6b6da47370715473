using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TriageWorker.Store;

/// <summary>
/// The bytes that the chain is over, and the one place that says so. A value is its text in UTF-8 behind its length in bytes
/// (four bytes, big endian); one that is absent is FF FF FF FF. Numbers are decimal, times as <see cref="LedgerTime"/> writes
/// them, digests lower-case hexadecimal, UUIDs lower-case with hyphens.
/// <list type="bullet">
/// <item>The hash of a row is SHA-256 over its values in the order of <see cref="LedgerRow"/>.</item>
/// <item>The content of a seal is SHA-256 over the hashes (32 bytes each) of its rows in their order.</item>
/// <item>The hash of a seal is SHA-256 over <c>triage audit seal 1</c> and its values in the order of <see cref="Seal"/>.</item>
/// </list>
/// So whoever has the hashes of rows that he may not see can still recompute the chain.
/// </summary>
internal static class LedgerBytes
{
    public const int HashSize = 32;
    private const string SealKind = "triage audit seal 1";

    /// <summary>What the first seal names as the one before it.</summary>
    public static readonly byte[] Beginning = new byte[HashSize];

    /// <param name="scratch">Reused between rows.</param>
    public static void Hash(LedgerRow row, ArrayBufferWriter<byte> scratch, Span<byte> hash)
    {
        scratch.ResetWrittenCount();
        Write(scratch, row.Id);
        Write(scratch, row.Cluster);
        Write(scratch, row.Xid);
        Write(scratch, row.At);
        Write(scratch, row.Actor);
        Write(scratch, row.Event);
        Write(scratch, row.Study);
        Write(scratch, row.Generation);
        Write(scratch, row.Detail);
        SHA256.HashData(scratch.WrittenSpan, hash);
    }

    public static byte[] Hash(Seal seal)
    {
        var scratch = new ArrayBufferWriter<byte>();
        Write(scratch, SealKind);
        Write(scratch, seal.Seq);
        Write(scratch, seal.Epoch);
        Write(scratch, seal.Cluster);
        Write(scratch, seal.FloorId);
        Write(scratch, seal.First.Xid);
        Write(scratch, seal.First.Id);
        Write(scratch, seal.Last.Xid);
        Write(scratch, seal.Last.Id);
        Write(scratch, seal.TopId);
        Write(scratch, seal.Rows);
        Write(scratch, seal.Total);
        Write(scratch, seal.SealedAt);
        Write(scratch, Convert.ToHexStringLower(seal.Content));
        Write(scratch, Convert.ToHexStringLower(seal.Previous));
        return SHA256.HashData(scratch.WrittenSpan);
    }

    private static void Write<T>(ArrayBufferWriter<byte> to, T number) where T : struct, IUtf8SpanFormattable
    {
        const int longest = 20; // the digits of 2^64, or those of 2^63 and a sign
        var space = to.GetSpan(sizeof(int) + longest);
        number.TryFormat(space[sizeof(int)..], out var length, default, CultureInfo.InvariantCulture);
        BinaryPrimitives.WriteInt32BigEndian(space, length);
        to.Advance(sizeof(int) + length);
    }

    private static void Write(ArrayBufferWriter<byte> to, string? text)
    {
        var length = text is null ? -1 : Encoding.UTF8.GetByteCount(text);
        var space = to.GetSpan(sizeof(int) + Math.Max(length, 0));
        BinaryPrimitives.WriteInt32BigEndian(space, length);
        if (text is not null) Encoding.UTF8.GetBytes(text, space[sizeof(int)..]);
        to.Advance(sizeof(int) + Math.Max(length, 0));
    }
}
