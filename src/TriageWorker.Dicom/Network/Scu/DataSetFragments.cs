using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace TriageWorker.Dicom.Network;

/// <summary>Cuts an encoded data set into P-DATA-TF PDUs of one value each, as long as the peer takes (PS3.8, annex E).</summary>
internal sealed class DataSetFragments : IDisposable
{
    private const int ValueHeader = 6; // length 4, context id, control byte
    private const int Overhead = PduHeader.Size + ValueHeader;

    private readonly Stream _dataSet;
    private readonly byte _contextId;
    private readonly int _room;
    private readonly byte[] _pdu;
    private bool _isLast;

    public DataSetFragments(Stream dataSet, byte contextId, uint maxPduLength)
    {
        (_dataSet, _contextId) = (dataSet, contextId);
        // Even, since each fragment has an even length (PS3.8, E.1); a peer that allows less than that is sent the least there is.
        _room = Math.Max(2, (int)maxPduLength - ValueHeader) & ~1;
        _pdu = ArrayPool<byte>.Shared.Rent(Overhead + _room);
    }

    /// <summary>The next PDU, valid until the next call; empty after the last.</summary>
    public ValueTask<ReadOnlyMemory<byte>> NextAsync(CancellationToken cancellationToken)
    {
        if (_isLast) return default;
        cancellationToken.ThrowIfCancellationRequested();
        // Reading a file blocks a thread in any case, and asynchronously it is another one, for each PDU.
        return _dataSet is FileStream or MemoryStream ? new(Pdu(_dataSet.ReadAtLeast(Room.Span, _room, throwOnEndOfStream: false))) : ReadAsync(cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        while (count < _room && await _dataSet.ReadAsync(Room[count..], cancellationToken) is > 0 and var more) count += more;
        return Pdu(count);
    }

    private Memory<byte> Room => _pdu.AsMemory(Overhead, _room);

    private ReadOnlyMemory<byte> Pdu(int count)
    {
        _isLast = count < _room || _dataSet.Position == _dataSet.Length;
        // Files with a deflated data set of odd length are common, and peers abort over an odd fragment (PS3.5, A.5 has it padded).
        if (count % 2 != 0) _pdu[Overhead + count++] = 0;
        _pdu[0] = (byte)PduType.Data;
        _pdu[1] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(_pdu.AsSpan(2), (uint)(count + ValueHeader));
        BinaryPrimitives.WriteUInt32BigEndian(_pdu.AsSpan(6), (uint)(count + 2));
        _pdu[10] = _contextId;
        _pdu[11] = (byte)(_isLast ? PdvFragment.LastBit : 0);
        return _pdu.AsMemory(0, Overhead + count);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_pdu);
}
