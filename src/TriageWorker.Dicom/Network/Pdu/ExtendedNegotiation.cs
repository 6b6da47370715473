namespace TriageWorker.Dicom.Network;

/// <summary>What one side says of a SOP class beyond its name, in the words of the service class (PS3.7, D.3.3.5; PS3.4, B.3.1 and C.5).</summary>
public sealed record ExtendedNegotiation(string SopClassUid, ReadOnlyMemory<byte> Information)
{
    internal static bool TryRead(ReadOnlySpan<byte> value, out ExtendedNegotiation? negotiation)
    {
        negotiation = null;
        var reader = new CountedReader(value);
        if (!reader.TryUid(out var sopClass)) return false;
        negotiation = new ExtendedNegotiation(sopClass, reader.Rest.ToArray());
        return true;
    }

    internal void Write(PduBuffer to)
    {
        var item = to.BeginItem(ItemType.SopClassExtendedNegotiation);
        to.Counted(SopClassUid).Bytes(Information.Span).EndItem(item);
    }
}

/// <summary>The service class and the general SOP classes that a specialised SOP class can be treated as (PS3.7, D.3.3.6). It is never answered.</summary>
public sealed record CommonExtendedNegotiation(string SopClassUid, string ServiceClassUid, IReadOnlyList<string> RelatedSopClasses)
{
    private const int MaxRelated = 64;

    internal static bool TryRead(ReadOnlySpan<byte> value, out CommonExtendedNegotiation? negotiation)
    {
        negotiation = null;
        var reader = new CountedReader(value);
        if (!reader.TryUid(out var sopClass) || !reader.TryUid(out var serviceClass)) return false;
        var related = new List<string>();
        if (!reader.Rest.IsEmpty)
        {
            if (!reader.TryValue(out var list)) return false;
            var uids = new CountedReader(list);
            while (!uids.Rest.IsEmpty)
            {
                if (related.Count == MaxRelated || !uids.TryUid(out var uid)) return false;
                related.Add(uid);
            }
        }

        negotiation = new CommonExtendedNegotiation(sopClass, serviceClass, related);
        return true;
    }

    internal void Write(PduBuffer to)
    {
        var item = to.BeginItem(ItemType.SopClassCommonExtendedNegotiation);
        var related = new PduBuffer();
        foreach (var uid in RelatedSopClasses) related.Counted(uid);
        to.Counted(SopClassUid).Counted(ServiceClassUid).Counted(related.Written.Span).EndItem(item);
    }
}
