using System.Buffers.Binary;
using System.Numerics;

namespace TriageWorker.Store;

/// <summary>The seal of a whole file, written last into its 128-byte preamble, which PS3.10, 7.1 leaves to applications.</summary>
/// <param name="DataSetOffset">Bytes before the data set.</param>
/// <param name="Digest">SHA-256 over the data set without file meta, 32 bytes.</param>
/// <param name="AssociationId">Empty for what no association brought.</param>
public sealed record SpoolMark(long DataSetOffset, long DataSetLength, byte[] Digest, DateTimeOffset ReceivedAt, Guid AssociationId)
{
    public const int Size = 128;

    private const int OffsetAt = 16, LengthAt = 24, DigestAt = 32, TimeAt = 64, AssociationAt = 72, CrcAt = Size - 4;

    private static ReadOnlySpan<byte> Magic => "TRIAGE SPOOL 01\n"u8;

    public void Write(Span<byte> preamble)
    {
        preamble[..Size].Clear();
        Magic.CopyTo(preamble);
        BinaryPrimitives.WriteInt64LittleEndian(preamble[OffsetAt..], DataSetOffset);
        BinaryPrimitives.WriteInt64LittleEndian(preamble[LengthAt..], DataSetLength);
        Digest.CopyTo(preamble[DigestAt..]);
        BinaryPrimitives.WriteInt64LittleEndian(preamble[TimeAt..], ReceivedAt.UtcTicks);
        AssociationId.TryWriteBytes(preamble[AssociationAt..]);
        BinaryPrimitives.WriteUInt32LittleEndian(preamble[CrcAt..], Crc(preamble));
    }

    /// <returns>Null when the preamble holds no mark, or a damaged one.</returns>
    public static SpoolMark? Read(ReadOnlySpan<byte> preamble)
    {
        if (preamble.Length < Size || !preamble.StartsWith(Magic)) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(preamble[CrcAt..]) != Crc(preamble)) return null;
        return new SpoolMark(
            BinaryPrimitives.ReadInt64LittleEndian(preamble[OffsetAt..]), BinaryPrimitives.ReadInt64LittleEndian(preamble[LengthAt..]),
            preamble.Slice(DigestAt, 32).ToArray(), new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(preamble[TimeAt..]), TimeSpan.Zero),
            new Guid(preamble.Slice(AssociationAt, 16)));
    }

    private static uint Crc(ReadOnlySpan<byte> preamble)
    {
        var crc = uint.MaxValue;
        for (var at = 0; at < CrcAt; at += 4) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt32LittleEndian(preamble[at..]));
        return ~crc;
    }
}
