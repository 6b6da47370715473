using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>The options of the sockets that associations run over, as the system has them.</summary>
public sealed class SocketOptionsTests
{
    private const int TcpLevel = 6, QuickAck = 12; // IPPROTO_TCP, TCP_QUICKACK of linux/tcp.h
    private const string OnlyLinux = "TCP_QUICKACK is an option of Linux.";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_receiver_sends_without_delay_whatever_its_endpoint_was_set_to()
    {
        var accepted = new TaskCompletionSource<Socket>();
        await using var receiver = await Receiver.StartAsync(onAccept: socket =>
        {
            socket.NoDelay = false;
            accepted.SetResult(socket);
        });
        await using var association = await DicomAssociation.RequestAsync(Peer.At(receiver.Port), Stop);
        (await accepted.Task).NoDelay.ShouldBeTrue();
    }

    [Fact]
    public async Task The_requestor_sends_without_delay()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var association = await DicomAssociation.RequestAsync(Peer.At(receiver.Port), Stop);
        SocketOf(ConnectionOf(association)).NoDelay.ShouldBeTrue();
    }

    [Fact]
    public async Task The_receiver_acknowledges_at_once_again_after_each_read()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), OnlyLinux);
        var accepted = new TaskCompletionSource<Socket>();
        await using var receiver = await Receiver.StartAsync(onAccept: accepted.SetResult);
        using var sender = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await sender.ConnectAsync(IPAddress.Loopback, receiver.Port, Stop);
        await sender.SendAsync(Wire.CtRequest(), Stop);
        await sender.ReceiveAsync(new byte[4096], Stop);
        var socket = await accepted.Task;
        var written = Channel.CreateUnbounded<(int Count, bool Acknowledges)>();
        receiver.Storage.Writing = bytes => written.Writer.WriteAsync((bytes.Length, AcknowledgesAtOnce(socket)));

        // Cut so that each piece has something to write, and none the end: with it an answer goes out, which changes the option.
        const int Piece = 512, PduAndValueHead = 12;
        var stream = Wire.Store(new SampleObject()).AsMemory();
        var next = PduHeader.Size + (int)BinaryPrimitives.ReadUInt32BigEndian(stream.Span[2..]) + PduAndValueHead;
        await sender.SendAsync(stream[..next], Stop);
        for (; next + Piece < stream.Length; next += Piece)
        {
            DelayAcknowledgement(socket);
            AcknowledgesAtOnce(socket).ShouldBeFalse();
            await sender.SendAsync(stream.Slice(next, Piece), Stop);
            for (var left = Piece; left > 0;)
            {
                var (count, acknowledges) = await written.Reader.ReadAsync(Stop);
                acknowledges.ShouldBeTrue();
                left -= count;
            }
        }
    }

    [Fact]
    public async Task The_requestor_acknowledges_at_once_again_after_each_answer()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), OnlyLinux);
        await using var receiver = await Receiver.StartAsync();
        await using var association = await DicomAssociation.RequestAsync(Peer.At(receiver.Port), Stop);
        var socket = SocketOf(ConnectionOf(association));
        for (var i = 0; i < 3; i++)
        {
            DelayAcknowledgement(socket);
            AcknowledgesAtOnce(socket).ShouldBeFalse();
            await association.EchoAsync(Stop);
            AcknowledgesAtOnce(socket).ShouldBeTrue();
        }
    }

    private static void DelayAcknowledgement(Socket socket) => socket.SetRawSocketOption(TcpLevel, QuickAck, BitConverter.GetBytes(0));

    private static bool AcknowledgesAtOnce(Socket socket)
    {
        var value = new byte[sizeof(int)];
        socket.GetRawSocketOption(TcpLevel, QuickAck, value);
        return BitConverter.ToInt32(value) != 0;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_connection")]
    private static extern ref ClientConnection ConnectionOf(DicomAssociation association);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_socket")]
    private static extern ref Socket SocketOf(ClientConnection connection);
}
