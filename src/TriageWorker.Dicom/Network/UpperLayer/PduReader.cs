using System.Buffers;

namespace TriageWorker.Dicom.Network;

/// <summary>Cuts the bytes of a connection into PDUs and the values of P-DATA-TF (PS3.8, 9.3). Does no I/O, throws nothing, holds nothing that is longer than its limit.</summary>
internal sealed class PduReader(UpperLayerLimits limits)
{
    private PdvStream _values;
    private uint _skip; // of a PDU whose body nobody wants
    private bool _isDeaf; // after bytes that are no PDU, no later one can be found

    public PduFigures Figures { get; } = new();

    /// <summary>True in the middle of a P-DATA-TF.</summary>
    public bool IsInsideData => _values.IsInsidePdu;

    /// <summary>Takes the next arrival from the front of <paramref name="unread"/>; false when more bytes are needed.</summary>
    public bool TryTake(ref ReadOnlySequence<byte> unread, UpperLayerState state, out PduArrival arrival)
    {
        arrival = default;
        while (true)
        {
            if (_isDeaf) unread = unread.Slice(unread.End);
            if (_skip > 0)
            {
                var skipped = (uint)Math.Min(_skip, unread.Length);
                unread = unread.Slice(skipped);
                _skip -= skipped;
                if (_skip > 0) return false;
            }

            if (!_values.IsInsidePdu) return TryTakePdu(ref unread, state, out arrival);
            switch (_values.Next(ref unread, out var fragment))
            {
                case PdvStep.NeedMore:
                    return false;
                case PdvStep.Malformed:
                    (_values, _isDeaf) = (default, true);
                    arrival = PduArrival.Invalid(Abort.InvalidParameter, "a presentation data value does not fit its PDU");
                    return true;
                case PdvStep.Read:
                    arrival = arrival with { Fragment = fragment };
                    return true;
            }
        }
    }

    private bool TryTakePdu(ref ReadOnlySequence<byte> unread, UpperLayerState state, out PduArrival arrival)
    {
        arrival = default;
        switch (PduHeader.TryRead(unread, out var header))
        {
            case PduStep.NeedMore:
                return false;
            case PduStep.Unrecognised:
                _isDeaf = true;
                arrival = PduArrival.Invalid(Abort.UnrecognisedPdu, $"the peer does not speak DICOM (first byte 0x{unread.FirstSpan[0]:X2})");
                return true;
        }

        var happened = EventOf(header.Type);
        var isWanted = UpperLayerTable.Action(state, happened) is not (UpperLayerAction.AA1 or UpperLayerAction.AA6 or UpperLayerAction.AA7 or UpperLayerAction.AA8);
        if (isWanted && header.Length > limits.Of(header.Type))
        {
            Pass(ref unread, header.Length);
            arrival = PduArrival.Invalid(Abort.InvalidParameter, $"a {header.Type} PDU of {header.Length} bytes is over the limit of {limits.Of(header.Type)}");
            return true;
        }

        if (!isWanted)
        {
            Pass(ref unread, header.Length);
            arrival = new PduArrival(happened, default, null, Abort.UnexpectedPdu, $"{header.Type} came unexpectedly");
            return true;
        }

        byte[]? body = null;
        if (happened == UpperLayerEvent.DataPdu)
        {
            unread = unread.Slice(PduHeader.Size);
            _values.Begin(header);
            Figures.See(header.Length);
        }
        else
        {
            if (unread.Length < PduHeader.Size + header.Length) return false;
            body = unread.Slice(PduHeader.Size, header.Length).ToArray();
            unread = unread.Slice(PduHeader.Size + header.Length);
        }

        arrival = new PduArrival(happened, default, body, Abort.UnexpectedPdu, "");
        return true;
    }

    private void Pass(ref ReadOnlySequence<byte> unread, uint length)
    {
        unread = unread.Slice(PduHeader.Size);
        _skip = length;
    }

    private static UpperLayerEvent EventOf(PduType type) => type switch
    {
        PduType.AssociateRequest => UpperLayerEvent.AssociateRequestPdu,
        PduType.AssociateAccept => UpperLayerEvent.AssociateAcceptPdu,
        PduType.AssociateReject => UpperLayerEvent.AssociateRejectPdu,
        PduType.Data => UpperLayerEvent.DataPdu,
        PduType.ReleaseRequest => UpperLayerEvent.ReleaseRequestPdu,
        PduType.ReleaseResponse => UpperLayerEvent.ReleaseResponsePdu,
        PduType.Abort => UpperLayerEvent.AbortPdu,
        _ => UpperLayerEvent.UnrecognisedPdu,
    };
}
