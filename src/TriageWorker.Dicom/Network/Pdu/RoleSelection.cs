namespace TriageWorker.Dicom.Network;

/// <summary>Which roles the requestor of the association proposes for itself in a SOP class, and in the answer, gets (PS3.7, D.3.3.4).</summary>
public sealed record RoleSelection(string SopClassUid, bool IsScu, bool IsScp)
{
    internal static bool TryRead(ReadOnlySpan<byte> value, out RoleSelection? role)
    {
        role = null;
        var reader = new CountedReader(value);
        if (!reader.TryUid(out var sopClass) || reader.Rest.Length != 2) return false;
        role = new RoleSelection(sopClass, reader.Rest[0] == 1, reader.Rest[1] == 1);
        return true;
    }

    internal void Write(PduBuffer to)
    {
        var item = to.BeginItem(ItemType.RoleSelection);
        to.Counted(SopClassUid).Byte(IsScu ? 1 : 0).Byte(IsScp ? 1 : 0).EndItem(item);
    }
}
