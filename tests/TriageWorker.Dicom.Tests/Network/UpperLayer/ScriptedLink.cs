using System.Buffers;
using System.IO.Pipelines;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>One side of a connection whose other side says exactly what the test tells it to. No socket, no thread: what is said is there at once.</summary>
internal sealed class ScriptedLink : IDisposable
{
    private static readonly PipeOptions s_inline = new(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0);
    private readonly Pipe _toUs = new(s_inline);
    private readonly Pipe _fromUs = new(s_inline);
    private Task<Indication>? _waiting;

    public ScriptedLink(bool isRequestor)
    {
        IsRequestor = isRequestor;
        var limits = new UpperLayerLimits(16384, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60));
        Upper = new UpperLayer(_toUs.Reader, _fromUs.Writer, isRequestor, limits, Time, () => WasCut = true);
    }

    public DrivenTime Time { get; } = new();

    public UpperLayer Upper { get; }

    public bool IsRequestor { get; }

    public bool WasCut { get; private set; }

    /// <summary>The next indication; in Sta10 somebody waits for it already, since nothing was indicated on the way there.</summary>
    public Task<Indication> ReceiveAsync()
    {
        var waiting = _waiting ?? Upper.ReceiveAsync().AsTask();
        _waiting = null;
        return waiting;
    }

    public async Task SayAsync(ReadOnlyMemory<byte> bytes) => await _toUs.Writer.WriteAsync(bytes);

    public Task SayAsync(PduType type) => SayAsync(Bytes(type));

    public void HangUp() => _toUs.Writer.Complete();

    /// <summary>The types of the PDUs sent since the last call, an A-ABORT with its source and reason.</summary>
    public string Heard()
    {
        if (!_fromUs.Reader.TryRead(out var read)) return "";
        var heard = new List<string>();
        var rest = read.Buffer;
        while (PduHeader.TryRead(rest, out var header) == PduStep.Read)
        {
            var body = rest.Slice(PduHeader.Size, header.Length).ToArray();
            heard.Add(Abort.TryRead(body, out var abort) && header.Type == PduType.Abort ? $"Abort({abort.Source},{abort.Reason})" : $"{header.Type}");
            rest = rest.Slice(PduHeader.Size + header.Length);
        }

        _fromUs.Reader.AdvanceTo(rest.Start, read.Buffer.End);
        return string.Join(' ', heard);
    }

    /// <summary>The machine in one of the states that it can wait in (Sta2, Sta3 and Sta5 to Sta13), nothing left to hear.</summary>
    public static async Task<ScriptedLink> InAsync(UpperLayerState state)
    {
        var isRequestor = state is UpperLayerState.AwaitingAnswer or UpperLayerState.CollisionRequestorAnswers or UpperLayerState.CollisionRequestorWaits;
        var link = new ScriptedLink(isRequestor);
        if (isRequestor) await link.Upper.RequestAsync(Bytes(PduType.AssociateRequest));
        if (state is not (UpperLayerState.AwaitingRequest or UpperLayerState.AwaitingAnswer)) await link.EstablishAsync(isRequestor, state);
        link.Heard();
        link.Upper.State.ShouldBe(state);
        return link;
    }

    private async Task EstablishAsync(bool isRequestor, UpperLayerState state)
    {
        await SayAsync(isRequestor ? PduType.AssociateAccept : PduType.AssociateRequest);
        await Upper.ReceiveAsync();
        if (state == UpperLayerState.AwaitingLocalResponse) return;
        if (!isRequestor) await Upper.AcceptAsync(Bytes(PduType.AssociateAccept));
        switch (state)
        {
            case UpperLayerState.AwaitingReleaseAnswer:
                await Upper.RequestReleaseAsync();
                break;
            case UpperLayerState.AwaitingLocalRelease:
                await SayAsync(PduType.ReleaseRequest);
                await Upper.ReceiveAsync();
                break;
            case UpperLayerState.CollisionRequestorAnswers or UpperLayerState.CollisionRequestorWaits:
                await Upper.RequestReleaseAsync();
                await SayAsync(PduType.ReleaseRequest);
                await Upper.ReceiveAsync();
                if (state == UpperLayerState.CollisionRequestorWaits) await Upper.AnswerReleaseAsync("released");
                break;
            case UpperLayerState.CollisionAcceptorWaits or UpperLayerState.CollisionAcceptorAnswers:
                await Upper.RequestReleaseAsync();
                await SayAsync(PduType.ReleaseRequest);
                if (state == UpperLayerState.CollisionAcceptorAnswers) await SayAsync(PduType.ReleaseResponse);
                _waiting = Upper.ReceiveAsync().AsTask();
                if (state == UpperLayerState.CollisionAcceptorAnswers) await ReceiveAsync();
                break;
            case UpperLayerState.AwaitingClose:
                await Upper.AbortAsync("given up");
                break;
        }
    }

    public static byte[] Bytes(PduType type)
    {
        var pdu = new PduBuffer();
        switch (type)
        {
            case PduType.AssociateRequest:
                return Wire.CtRequest();
            case PduType.AssociateAccept:
                new AssociateAccept("A", "B", [new NegotiatedContext(1, ContextResult.Accepted, DicomUid.ExplicitVRLittleEndian)], new UserInformation(0, "1.2", "X")).Write(pdu);
                break;
            case PduType.AssociateReject:
                AssociateReject.NoReason.Write(pdu);
                break;
            case PduType.Data:
                var data = pdu.BeginPdu(PduType.Data);
                var value = pdu.BeginPdv(1, isCommand: true, isLast: true);
                pdu.Zeros(4).EndPdv(value).EndPdu(data);
                break;
            case PduType.ReleaseRequest:
                Release.WriteRequest(pdu);
                break;
            case PduType.ReleaseResponse:
                Release.WriteResponse(pdu);
                break;
            case PduType.Abort:
                Abort.ByUser.Write(pdu);
                break;
            default:
                return [0x63, 0, 0, 0, 0, 0]; // no PDU of the standard
        }

        return pdu.Written.ToArray();
    }

    public void Dispose() => Upper.Dispose();
}
