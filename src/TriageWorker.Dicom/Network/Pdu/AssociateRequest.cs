using System.Buffers.Binary;

namespace TriageWorker.Dicom.Network;

/// <summary>What a caller asks for under one odd number: an abstract syntax in one of several transfer syntaxes (PS3.8, 9.3.2.2).</summary>
public sealed record ProposedContext(byte Id, string AbstractSyntax, IReadOnlyList<string> TransferSyntaxes);

/// <summary>A-ASSOCIATE-RQ (PS3.8, 9.3.2).</summary>
public sealed record AssociateRequest(
    string CalledAe, string CallingAe, string ApplicationContext, IReadOnlyList<ProposedContext> Contexts, UserInformation User)
{
    /// <summary>PS3.7, annex A.2.1: the only application context there is.</summary>
    public const string DicomApplicationContext = "1.2.840.10008.3.1.1.1";

    /// <summary>PS3.8, 9.3.2: bit 0 says version 1, the only one there is.</summary>
    public int ProtocolVersion { get; init; } = 1;

    /// <summary>Context ids are odd and one byte long (PS3.8, 7.1.1.13), so 128 is all there can be.</summary>
    public const int MaxContexts = 128;

    private const int MaxTransferSyntaxes = 128;
    private const int FixedSize = 68; // version 2, reserved 2, called 16, calling 16, reserved 32

    /// <returns>False when the body is malformed anywhere.</returns>
    public static bool TryRead(ReadOnlySpan<byte> body, out AssociateRequest? request)
    {
        request = null;
        if (body.Length < FixedSize) return false;
        var applicationContext = "";
        var contexts = new List<ProposedContext>();
        UserInformation? user = null;
        var reader = new ItemReader(body[FixedSize..]);
        ItemStep step;
        while ((step = reader.Next(out var item)) == ItemStep.Read)
        {
            switch (item.Type)
            {
                case ItemType.ApplicationContext:
                    applicationContext = PduText.Trimmed(item.Value);
                    break;
                case ItemType.ProposedContext:
                    if (contexts.Count == MaxContexts || !TryReadContext(item.Value, out var context)) return false;
                    if (contexts.Exists(known => known.Id == context!.Id)) return false;
                    contexts.Add(context!);
                    break;
                case ItemType.UserInformation:
                    if (!UserInformation.TryRead(item.Value, out user)) return false;
                    break;
            }
        }

        if (step == ItemStep.Malformed || contexts.Count == 0 || user is null) return false;
        request = new AssociateRequest(PduText.Trimmed(body.Slice(4, 16)), PduText.Trimmed(body.Slice(20, 16)), applicationContext, contexts, user)
        {
            ProtocolVersion = BinaryPrimitives.ReadUInt16BigEndian(body),
        };
        return true;
    }

    public void Write(PduBuffer to)
    {
        var pdu = to.BeginPdu(PduType.AssociateRequest);
        to.UInt16(ProtocolVersion).Zeros(2).AeTitle(CalledAe).AeTitle(CallingAe).Zeros(32);
        to.Item(ItemType.ApplicationContext, ApplicationContext);
        foreach (var context in Contexts)
        {
            var item = to.BeginItem(ItemType.ProposedContext);
            to.Byte(context.Id).Zeros(3).Item(ItemType.AbstractSyntax, context.AbstractSyntax);
            foreach (var syntax in context.TransferSyntaxes) to.Item(ItemType.TransferSyntax, syntax);
            to.EndItem(item);
        }

        User.Write(to);
        to.EndPdu(pdu);
    }

    private static bool TryReadContext(ReadOnlySpan<byte> value, out ProposedContext? context)
    {
        context = null;
        if (value.Length < 4 || value[0] % 2 == 0) return false;
        var abstractSyntax = "";
        var syntaxes = new List<string>();
        var reader = new ItemReader(value[4..]);
        ItemStep step;
        while ((step = reader.Next(out var item)) == ItemStep.Read)
        {
            if (item.Type is not (ItemType.AbstractSyntax or ItemType.TransferSyntax)) continue;
            if (!PduText.TryUid(item.Value, out var uid)) return false;
            if (item.Type == ItemType.AbstractSyntax) abstractSyntax = uid;
            else if (syntaxes.Count < MaxTransferSyntaxes) syntaxes.Add(uid);
            else return false;
        }

        if (step == ItemStep.Malformed || abstractSyntax.Length == 0 || syntaxes.Count == 0) return false;
        context = new ProposedContext(value[0], abstractSyntax, syntaxes);
        return true;
    }
}
