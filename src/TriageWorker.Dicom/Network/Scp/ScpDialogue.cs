using System.Buffers;

namespace TriageWorker.Dicom.Network;

/// <summary>What the connection has to do after a piece of a message.</summary>
internal abstract record DialogueStep
{
    private DialogueStep() { }

    public sealed record ReadOn : DialogueStep
    {
        public static readonly ReadOn Instance = new();
    }

    public sealed record Reply(byte ContextId, CommandSet Response) : DialogueStep;

    public sealed record Break(Abort Abort, string Because) : DialogueStep;
}

/// <summary>The messages of one association: command sets put together, data sets passed through (PS3.7, 6.3; PS3.8, annex E).</summary>
internal sealed class ScpDialogue(
    IStorageSession session, AssociateRequest request, AssociateAccept accept, ScanLimits limits) : IAsyncDisposable
{
    private const int MaxCommandLength = 16 * 1024;

    private readonly Dictionary<byte, (string AbstractSyntax, string TransferSyntax)> _contexts = accept.Contexts
        .Where(context => context.Result == ContextResult.Accepted)
        .Join(request.Contexts, context => context.Id, proposed => proposed.Id, (context, proposed) => (context.Id, proposed.AbstractSyntax, context.TransferSyntax))
        .ToDictionary(context => context.Id, context => (context.AbstractSyntax, context.TransferSyntax));

    private readonly ArrayBufferWriter<byte> _command = new(512);
    private IncomingStore? _store;
    private CommandSet? _unwanted; // answered once its data set has gone by
    private byte _dataContext;

    public int Objects { get; private set; }

    public int Refused { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>True when no message is half received.</summary>
    public bool IsAtRest => _store is null && _unwanted is null && _command.WrittenCount == 0;

    public ValueTask<DialogueStep> TakeAsync(PdvFragment fragment, CancellationToken cancellationToken)
    {
        if (!_contexts.ContainsKey(fragment.ContextId)) return Broken($"presentation context {fragment.ContextId} was not accepted");
        return fragment.IsCommand ? TakeCommandAsync(fragment, cancellationToken) : TakeDataAsync(fragment, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is null) return;
        Bytes += _store.Bytes;
        await _store.DisposeAsync();
        _store = null;
    }

    private async ValueTask<DialogueStep> TakeCommandAsync(PdvFragment fragment, CancellationToken cancellationToken)
    {
        if (_store is not null || _unwanted is not null) return await Broken("a command arrived before the end of a data set");
        if (_command.WrittenCount + fragment.Bytes.Length > MaxCommandLength) return await Broken("the command set is too long");
        foreach (var segment in fragment.Bytes) _command.Write(segment.Span);
        if (!fragment.EndsMessagePart) return DialogueStep.ReadOn.Instance;

        var isCommand = CommandSet.TryRead(_command.WrittenSpan, out var command);
        _command.ResetWrittenCount();
        if (!isCommand) return await Broken("the command set is malformed");
        _dataContext = fragment.ContextId;
        return command!.Field switch
        {
            CommandField.StoreRequest => await BeginStoreAsync(command, cancellationToken),
            CommandField.EchoRequest when !command.HasDataSet => Answer(command, DimseStatus.Success),
            CommandField.CancelRequest => DialogueStep.ReadOn.Instance, // nothing here runs long enough to be cancelled
            _ => Decline(command, DimseStatus.UnrecognisedOperation),
        };
    }

    private async ValueTask<DialogueStep> BeginStoreAsync(CommandSet command, CancellationToken cancellationToken)
    {
        var (abstractSyntax, transferSyntax) = _contexts[_dataContext];
        if (!command.HasDataSet || !PduText.IsUid(command.AffectedSopInstanceUid)) return RefuseStore(command, StoreVerdict.BadCommand);
        if (command.AffectedSopClassUid != abstractSyntax || !Negotiation.IsStorage(abstractSyntax)) return RefuseStore(command, StoreVerdict.NotNegotiated);
        _store = await IncomingStore.BeginAsync(session, command, transferSyntax, limits, cancellationToken);
        return DialogueStep.ReadOn.Instance;
    }

    private async ValueTask<DialogueStep> TakeDataAsync(PdvFragment fragment, CancellationToken cancellationToken)
    {
        if (fragment.ContextId != _dataContext) return await Broken("a data set arrived under another context than its command");
        if (_unwanted is { } unwanted)
        {
            if (!fragment.EndsMessagePart) return DialogueStep.ReadOn.Instance;
            _unwanted = null;
            return Answer(unwanted, unwanted.Status);
        }

        if (_store is null) return await Broken("a data set arrived without a command");
        await _store.WriteAsync(fragment.Bytes, cancellationToken);
        if (!fragment.EndsMessagePart) return DialogueStep.ReadOn.Instance;

        var (verdict, because) = await _store.CompleteAsync(cancellationToken);
        var command = _store.Command;
        await DisposeAsync();
        if (verdict == StoreVerdict.Stored) Objects++;
        else Refused++;
        return Answer(command, verdict.Status(), because);
    }

    private DialogueStep RefuseStore(CommandSet command, StoreVerdict verdict)
    {
        Refused++;
        return Decline(command, verdict.Status());
    }

    private DialogueStep Decline(CommandSet command, DimseStatus status)
    {
        if (!command.HasDataSet) return Answer(command, status);
        _unwanted = command with { Status = status };
        return DialogueStep.ReadOn.Instance;
    }

    private DialogueStep.Reply Answer(CommandSet command, DimseStatus status, string comment = "") => new(_dataContext, new CommandSet
    {
        Field = (CommandField)((int)command.Field | 0x8000),
        MessageId = command.MessageId,
        AffectedSopClassUid = command.AffectedSopClassUid,
        AffectedSopInstanceUid = command.AffectedSopInstanceUid,
        Status = status,
        ErrorComment = comment,
    });

    private static ValueTask<DialogueStep> Broken(string because) => new(new DialogueStep.Break(Abort.InvalidParameter, because));
}
