using System.Net;
using System.Net.Sockets;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>A peer that says exactly the bytes it is told to, and the bytes worth saying.</summary>
internal static class Wire
{
    public static byte[] Request(params ProposedContext[] contexts)
    {
        var pdu = new PduBuffer();
        new AssociateRequest("TRIAGE", "SCRIPT", AssociateRequest.DicomApplicationContext, contexts,
            new UserInformation(16384, "1.2.3", "SCRIPT_1")).Write(pdu);
        return pdu.Written.ToArray();
    }

    /// <summary>A-ASSOCIATE-RQ for CT in explicit little endian under context 1.</summary>
    public static byte[] CtRequest() => Request(new ProposedContext(1, SampleObject.CtImageStorage, [DicomUid.ExplicitVRLittleEndian]));

    public static byte[] ReleaseRequest()
    {
        var pdu = new PduBuffer();
        Release.WriteRequest(pdu);
        return pdu.Written.ToArray();
    }

    /// <summary>C-STORE-RQ and the data set in values of at most <paramref name="piece"/> bytes.</summary>
    public static byte[] Store(SampleObject sample, byte[]? dataSet = null, int piece = 100_000, ushort messageId = 1)
    {
        var pdu = new PduBuffer();
        new CommandSet
        {
            Field = CommandField.StoreRequest, MessageId = messageId, HasDataSet = true,
            AffectedSopClassUid = SampleObject.CtImageStorage, AffectedSopInstanceUid = sample.SopInstanceUid,
        }.Write(pdu, 1);
        var bytes = dataSet ?? sample.DataSet();
        for (var at = 0; at < bytes.Length; at += piece)
        {
            var count = Math.Min(piece, bytes.Length - at);
            var data = pdu.BeginPdu(PduType.Data);
            var value = pdu.BeginPdv(1, isCommand: false, isLast: at + count == bytes.Length);
            pdu.Bytes(bytes.AsSpan(at, count)).EndPdv(value).EndPdu(data);
        }

        return pdu.Written.ToArray();
    }

    /// <summary>A command and its data set in explicit little endian.</summary>
    public static byte[] Message(byte contextId, CommandSet command, DicomDataset? dataSet)
    {
        var pdu = new PduBuffer();
        (command with { HasDataSet = dataSet is not null }).Write(pdu, contextId);
        if (dataSet is not null)
        {
            var data = pdu.BeginPdu(PduType.Data);
            var value = pdu.BeginPdv(contextId, isCommand: false, isLast: true);
            pdu.Bytes(dataSet.ToBytes(TransferSyntax.ExplicitVRLittleEndian)).EndPdv(value).EndPdu(data);
        }

        return pdu.Written.ToArray();
    }

    /// <summary>Sends the bytes, says that no more will come, and returns all that the other side answers.</summary>
    public static async Task<byte[]> ExchangeAsync(int port, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, stop);
        var answer = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            await socket.SendAsync(bytes, stop);
            socket.Shutdown(SocketShutdown.Send);
            int count;
            while ((count = await socket.ReceiveAsync(buffer, stop)) > 0) answer.Write(buffer, 0, count);
        }
        catch (SocketException)
        {
            // The other side may well hang up on bad bytes.
        }

        return answer.ToArray();
    }

    /// <summary>The statuses of all C-STORE responses among the answers.</summary>
    public static List<DimseStatus> Statuses(byte[] answers) => [.. Responses(answers).Select(response => response.Status)];

    public static List<CommandSet> Responses(byte[] answers)
    {
        var responses = new List<CommandSet>();
        for (var rest = answers.AsMemory(); rest.Length >= PduHeader.Size;)
        {
            var length = (int)System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(rest.Span[2..]);
            if (rest.Span[0] == (byte)PduType.Data && CommandSet.TryRead(rest.Span.Slice(PduHeader.Size + 6, length - 6), out var response)) responses.Add(response!);
            rest = rest[(PduHeader.Size + length)..];
        }

        return responses;
    }

    public static bool EndsWithAbort(byte[] answers) => answers.Length >= 10 && answers[^10] == (byte)PduType.Abort;
}
