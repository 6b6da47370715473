using System.Buffers.Binary;

namespace TriageWorker.Dicom.Network;

/// <summary>The user information item (PS3.8, annex D.1; PS3.7, annex D.3.3).</summary>
/// <remarks>User identity, role selection, asynchronous operations and extended negotiation are read over: by the standard,
/// an acceptor that does not answer them has declined them.</remarks>
/// <param name="MaxPduLength">The longest P-DATA-TF body this side takes, in bytes; 0 means any.</param>
public sealed record UserInformation(uint MaxPduLength, string ImplementationClassUid, string ImplementationVersion)
{
    internal static bool TryRead(ReadOnlySpan<byte> items, out UserInformation user)
    {
        user = new UserInformation(0, "", "");
        var reader = new ItemReader(items);
        while (true)
        {
            switch (reader.Next(out var item))
            {
                case ItemStep.End: return true;
                case ItemStep.Malformed: return false;
            }

            switch (item.Type)
            {
                case ItemType.MaximumLength:
                    if (item.Value.Length != 4) return false;
                    user = user with { MaxPduLength = BinaryPrimitives.ReadUInt32BigEndian(item.Value) };
                    break;
                case ItemType.ImplementationClassUid:
                    user = user with { ImplementationClassUid = PduText.Trimmed(item.Value) };
                    break;
                case ItemType.ImplementationVersionName:
                    user = user with { ImplementationVersion = PduText.Trimmed(item.Value) };
                    break;
            }
        }
    }

    internal void Write(PduBuffer to)
    {
        var user = to.BeginItem(ItemType.UserInformation);
        var length = to.BeginItem(ItemType.MaximumLength);
        to.UInt32(MaxPduLength).EndItem(length);
        to.Item(ItemType.ImplementationClassUid, ImplementationClassUid);
        to.Item(ItemType.ImplementationVersionName, ImplementationVersion);
        to.EndItem(user);
    }
}
