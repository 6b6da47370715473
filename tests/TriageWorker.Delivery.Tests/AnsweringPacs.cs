using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Delivery.Tests;

/// <summary>A PACS that takes every context and answers each C-STORE with one status, or fails in one way: no real one can be told to.</summary>
internal sealed class AnsweringPacs : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<AssociateRequest> _requests = new();
    private readonly Action<PduBuffer, AssociateRequest> _answer;
    private readonly bool _takesLeave;
    private readonly Task _serving;
    private volatile bool _hangs;

    private AnsweringPacs(DimseStatus status, Action<PduBuffer, AssociateRequest>? answer = null, bool takesLeave = true)
    {
        (_answer, _takesLeave) = (answer ?? ((to, asked) => Accept(to, asked)), takesLeave);
        _listener.Start();
        _serving = ServeAsync(status);
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Each A-ASSOCIATE-RQ, as it came.</summary>
    internal IReadOnlyCollection<AssociateRequest> Requests => _requests;

    internal static AnsweringPacs With(DimseStatus status) => new(status);

    internal static AnsweringPacs Rejecting(AssociateReject reason) => new(default, (to, _) => reason.Write(to));

    /// <summary>Accepts the association and none of its contexts.</summary>
    internal static AnsweringPacs TakingNothing() => new(default, (to, asked) => Accept(to, asked, ContextResult.AbstractSyntaxNotSupported));

    /// <summary>Answers an A-ASSOCIATE-RQ with the answer to a release.</summary>
    internal static AnsweringPacs Babbling() => new(default, (to, _) => Release.WriteResponse(to));

    /// <summary>Stores, and hangs up when it is asked for a release.</summary>
    internal static AnsweringPacs WithoutLeave() => new(DimseStatus.Success, takesLeave: false);

    /// <summary>Accepts associations, takes documents, and never says a word about them, until it is <see cref="Mend">mended</see>.</summary>
    internal static AnsweringPacs Hanging() => new(DimseStatus.Success) { _hangs = true };

    /// <summary>From now on it answers.</summary>
    internal void Mend() => _hangs = false;

    /// <summary>Hangs up on whoever asks for an association.</summary>
    internal static AnsweringPacs Silent() => new(default, (_, _) => throw new IOException("It hangs up."));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync(DimseStatus status)
    {
        var conversations = new List<Task>();
        try
        {
            while (true) conversations.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token), status));
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
        {
            // The test is over.
        }

        await Task.WhenAll(conversations);
    }

    private async Task ServeAsync(TcpClient client, DimseStatus status)
    {
        using (client)
        {
            try
            {
                await ConverseAsync(client.GetStream(), status);
            }
            catch (Exception end) when (end is OperationCanceledException or IOException)
            {
                // The test is over, or one of the two hung up.
            }
        }
    }

    private async Task ConverseAsync(NetworkStream stream, DimseStatus status)
    {
        CommandSet? request = null;
        while (true)
        {
            var header = new byte[PduHeader.Size];
            await stream.ReadExactlyAsync(header, _stop.Token);
            var body = new byte[BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(2))];
            await stream.ReadExactlyAsync(body, _stop.Token);
            var answer = new PduBuffer();
            switch ((PduType)header[0])
            {
                case PduType.AssociateRequest when AssociateRequest.TryRead(body, out var asked):
                    _requests.Enqueue(asked!);
                    _answer(answer, asked!);
                    break;
                case PduType.Data:
                    foreach (var fragment in FragmentsOf(body))
                    {
                        if (fragment.IsCommand) CommandSet.TryRead(fragment.Bytes.ToArray(), out request);
                        else if (fragment.EndsMessagePart && !_hangs)
                            new CommandSet
                            {
                                Field = CommandField.StoreResponse, MessageId = request!.MessageId, Status = status,
                                AffectedSopClassUid = request.AffectedSopClassUid, AffectedSopInstanceUid = request.AffectedSopInstanceUid,
                            }.Write(answer, fragment.ContextId);
                    }
                    break;
                case PduType.ReleaseRequest when _takesLeave:
                    Release.WriteResponse(answer);
                    await stream.WriteAsync(answer.Written, _stop.Token);
                    return;
                default:
                    return;
            }
            if (answer.Written.Length > 0) await stream.WriteAsync(answer.Written, _stop.Token);
        }
    }

    private static void Accept(PduBuffer to, AssociateRequest asked, ContextResult result = ContextResult.Accepted) =>
        new AssociateAccept(asked.CalledAe, asked.CallingAe,
            [.. asked.Contexts.Select(context => new NegotiatedContext(context.Id, result, context.TransferSyntaxes[0]))],
            new UserInformation(16384, "1.2.3", "ANSWERS_1")).Write(to);

    private static List<PdvFragment> FragmentsOf(byte[] body)
    {
        var fragments = new List<PdvFragment>();
        var values = new PdvStream();
        values.Begin(new PduHeader(PduType.Data, (uint)body.Length));
        for (var rest = new ReadOnlySequence<byte>(body); values.Next(ref rest, out var fragment) == PdvStep.Read;) fragments.Add(fragment);
        return fragments;
    }
}
