namespace TriageWorker.Dicom.Network;

/// <summary>What a requestor shows of its user (PS3.7, table D.3-14).</summary>
public enum UserIdentityKind
{
    None = 0,
    Username = 1,
    UsernameAndPasscode = 2,
    KerberosServiceTicket = 3,
    SamlAssertion = 4,
    JsonWebToken = 5,
}

/// <summary>User identity in an A-ASSOCIATE-RQ (PS3.7, D.3.3.7.1). Whether it is believed is the service's decision.</summary>
/// <param name="Primary">Username in UTF-8, ticket, assertion or token.</param>
/// <param name="Secondary">The passcode in UTF-8; empty for every other kind.</param>
/// <param name="WantsResponse">The requestor asks to be told that it was recognised.</param>
public sealed record UserIdentity(UserIdentityKind Kind, ReadOnlyMemory<byte> Primary, ReadOnlyMemory<byte> Secondary = default, bool WantsResponse = false)
{
    internal static bool TryRead(ReadOnlySpan<byte> value, out UserIdentity? identity)
    {
        identity = null;
        if (value.Length < 2) return false;
        var reader = new CountedReader(value[2..]);
        if (!reader.TryValue(out var primary) || !reader.TryValue(out var secondary)) return false;
        identity = new UserIdentity((UserIdentityKind)value[0], primary.ToArray(), secondary.ToArray(), value[1] == 1);
        return true;
    }

    internal void Write(PduBuffer to)
    {
        var item = to.BeginItem(ItemType.UserIdentity);
        to.Byte((int)Kind).Byte(WantsResponse ? 1 : 0).Counted(Primary.Span).Counted(Secondary.Span).EndItem(item);
    }

    /// <summary>The kind alone: what identifies a person belongs in no log.</summary>
    public override string ToString() => $"{Kind}";
}

/// <summary>The acceptor's word that it recognised the user (PS3.7, D.3.3.7.2).</summary>
/// <param name="ServerResponse">Empty for usernames; a Kerberos or SAML answer otherwise.</param>
public sealed record UserIdentityResponse(ReadOnlyMemory<byte> ServerResponse)
{
    internal static bool TryRead(ReadOnlySpan<byte> value, out UserIdentityResponse? response)
    {
        var reader = new CountedReader(value);
        response = reader.TryValue(out var answer) ? new UserIdentityResponse(answer.ToArray()) : null;
        return response is not null;
    }

    internal void Write(PduBuffer to)
    {
        var item = to.BeginItem(ItemType.UserIdentityResponse);
        to.Counted(ServerResponse.Span).EndItem(item);
    }
}
