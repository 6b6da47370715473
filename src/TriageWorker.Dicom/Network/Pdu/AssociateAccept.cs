namespace TriageWorker.Dicom.Network;

/// <summary>Result of one presentation context (PS3.8, 9.3.3.2).</summary>
public enum ContextResult
{
    Accepted = 0,
    UserRejection = 1,
    NoReason = 2,
    AbstractSyntaxNotSupported = 3,
    TransferSyntaxesNotSupported = 4,
}

/// <summary>The acceptor's answer to one proposed context.</summary>
/// <param name="TransferSyntax">Only meaningful when the context is accepted.</param>
public sealed record NegotiatedContext(byte Id, ContextResult Result, string TransferSyntax);

/// <summary>A-ASSOCIATE-AC (PS3.8, 9.3.3).</summary>
public sealed record AssociateAccept(string CalledAe, string CallingAe, IReadOnlyList<NegotiatedContext> Contexts, UserInformation User)
{
    private const int FixedSize = 68;

    /// <returns>False when the body is malformed anywhere.</returns>
    public static bool TryRead(ReadOnlySpan<byte> body, out AssociateAccept? accept)
    {
        accept = null;
        if (body.Length < FixedSize) return false;
        var contexts = new List<NegotiatedContext>();
        UserInformation? user = null;
        var reader = new ItemReader(body[FixedSize..]);
        ItemStep step;
        while ((step = reader.Next(out var item)) == ItemStep.Read)
        {
            switch (item.Type)
            {
                case ItemType.NegotiatedContext:
                    if (contexts.Count == AssociateRequest.MaxContexts || !TryReadContext(item.Value, out var context)) return false;
                    contexts.Add(context!);
                    break;
                case ItemType.UserInformation:
                    if (!UserInformation.TryRead(item.Value, out user)) return false;
                    break;
            }
        }

        if (step == ItemStep.Malformed || user is null) return false;
        accept = new AssociateAccept(PduText.Trimmed(body.Slice(4, 16)), PduText.Trimmed(body.Slice(20, 16)), contexts, user);
        return true;
    }

    public void Write(PduBuffer to)
    {
        var pdu = to.BeginPdu(PduType.AssociateAccept);
        to.UInt16(1).Zeros(2).AeTitle(CalledAe).AeTitle(CallingAe).Zeros(32);
        to.Item(ItemType.ApplicationContext, AssociateRequest.DicomApplicationContext);
        foreach (var context in Contexts)
        {
            var item = to.BeginItem(ItemType.NegotiatedContext);
            to.Byte(context.Id).Byte(0).Byte((int)context.Result).Byte(0).Item(ItemType.TransferSyntax, context.TransferSyntax).EndItem(item);
        }

        User.Write(to);
        to.EndPdu(pdu);
    }

    private static bool TryReadContext(ReadOnlySpan<byte> value, out NegotiatedContext? context)
    {
        context = null;
        if (value.Length < 4) return false;
        var syntax = "";
        var reader = new ItemReader(value[4..]);
        ItemStep step;
        while ((step = reader.Next(out var item)) == ItemStep.Read)
        {
            // Of a refused context the syntax "shall not be tested" (PS3.8, 9.3.3.2), so anything may stand there.
            if (item.Type == ItemType.TransferSyntax && !PduText.TryUid(item.Value, out syntax) && value[2] == 0) return false;
        }

        if (step == ItemStep.Malformed || (value[2] == 0 && syntax.Length == 0)) return false;
        context = new NegotiatedContext(value[0], (ContextResult)value[2], syntax);
        return true;
    }
}
