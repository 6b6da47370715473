using System.Buffers.Binary;

namespace TriageWorker.Dicom.Network;

/// <summary>Asynchronous operations window (PS3.7, D.3.3.3): how many requests the requestor may have open at once, and the acceptor. 0 means any number.</summary>
public readonly record struct AsynchronousOperations(ushort Invoked, ushort Performed)
{
    private const int Size = 4;

    /// <summary>What holds when nothing is negotiated.</summary>
    public static readonly AsynchronousOperations Synchronous = new(1, 1);

    internal static bool TryRead(ReadOnlySpan<byte> value, out AsynchronousOperations window)
    {
        window = value.Length == Size ? new(BinaryPrimitives.ReadUInt16BigEndian(value), BinaryPrimitives.ReadUInt16BigEndian(value[2..])) : default;
        return value.Length == Size;
    }

    internal void Write(PduBuffer to)
    {
        var item = to.BeginItem(ItemType.AsynchronousOperationsWindow);
        to.UInt16(Invoked).UInt16(Performed).EndItem(item);
    }

    /// <summary>The acceptor's answer: no more than was asked for, and no more than it can (PS3.7, D.3.3.3.2).</summary>
    internal AsynchronousOperations Within(AsynchronousOperations most) => new(Least(Invoked, most.Invoked), Least(Performed, most.Performed));

    private static ushort Least(ushort asked, ushort can) => asked == 0 ? can : can == 0 ? asked : Math.Min(asked, can);
}
