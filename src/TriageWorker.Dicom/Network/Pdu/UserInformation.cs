using System.Buffers.Binary;

namespace TriageWorker.Dicom.Network;

/// <summary>The user information item (PS3.8, annex D.1; PS3.7, annex D.3.3). Sub-items of an unknown type are read over (PS3.8, 9.3.1).</summary>
/// <param name="MaxPduLength">The longest P-DATA-TF body this side takes, in bytes; 0 means any.</param>
public sealed record UserInformation(uint MaxPduLength, string ImplementationClassUid, string ImplementationVersion)
{
    private const int MaxPerSopClass = 256; // twice the contexts there can be

    /// <summary>Null when it was not negotiated: one operation at a time.</summary>
    public AsynchronousOperations? Operations { get; init; }

    public IReadOnlyList<RoleSelection> Roles { get; init; } = [];

    public IReadOnlyList<ExtendedNegotiation> Extended { get; init; } = [];

    public IReadOnlyList<CommonExtendedNegotiation> CommonExtended { get; init; } = [];

    public UserIdentity? Identity { get; init; }

    public UserIdentityResponse? IdentityResponse { get; init; }

    internal static bool TryRead(ReadOnlySpan<byte> items, out UserInformation user)
    {
        user = new UserInformation(0, "", "");
        var (roles, extended, common) = (new List<RoleSelection>(), new List<ExtendedNegotiation>(), new List<CommonExtendedNegotiation>());
        var reader = new ItemReader(items);
        ItemStep step;
        while ((step = reader.Next(out var item)) == ItemStep.Read)
        {
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
                case ItemType.AsynchronousOperationsWindow:
                    if (!AsynchronousOperations.TryRead(item.Value, out var window)) return false;
                    user = user with { Operations = window };
                    break;
                case ItemType.RoleSelection:
                    if (roles.Count == MaxPerSopClass || !RoleSelection.TryRead(item.Value, out var role)) return false;
                    roles.Add(role!);
                    break;
                case ItemType.SopClassExtendedNegotiation:
                    if (extended.Count == MaxPerSopClass || !ExtendedNegotiation.TryRead(item.Value, out var negotiation)) return false;
                    extended.Add(negotiation!);
                    break;
                case ItemType.SopClassCommonExtendedNegotiation:
                    if (common.Count == MaxPerSopClass || !CommonExtendedNegotiation.TryRead(item.Value, out var related)) return false;
                    common.Add(related!);
                    break;
                case ItemType.UserIdentity:
                    if (!UserIdentity.TryRead(item.Value, out var identity)) return false;
                    user = user with { Identity = identity };
                    break;
                case ItemType.UserIdentityResponse:
                    if (!UserIdentityResponse.TryRead(item.Value, out var response)) return false;
                    user = user with { IdentityResponse = response };
                    break;
            }
        }

        user = user with { Roles = [.. roles], Extended = [.. extended], CommonExtended = [.. common] };
        return step == ItemStep.End;
    }

    /// <summary>Sub-items in the order of their types, as the standard lists them.</summary>
    internal void Write(PduBuffer to)
    {
        var user = to.BeginItem(ItemType.UserInformation);
        var length = to.BeginItem(ItemType.MaximumLength);
        to.UInt32(MaxPduLength).EndItem(length);
        to.Item(ItemType.ImplementationClassUid, ImplementationClassUid);
        Operations?.Write(to);
        foreach (var role in Roles) role.Write(to);
        to.Item(ItemType.ImplementationVersionName, ImplementationVersion);
        foreach (var negotiation in Extended) negotiation.Write(to);
        foreach (var related in CommonExtended) related.Write(to);
        Identity?.Write(to);
        IdentityResponse?.Write(to);
        to.EndItem(user);
    }
}
