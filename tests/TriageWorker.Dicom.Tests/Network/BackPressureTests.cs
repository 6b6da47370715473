using TriageWorker.Dicom.Network;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>A disk that is slower than the network slows the sender down; nothing piles up in between.</summary>
public sealed class BackPressureTests
{
    private const int MostUnread = 64 * 1024, Piece = 16 * 1024;

    [Fact]
    public async Task While_a_piece_is_being_written_nothing_more_is_read_and_the_sender_waits()
    {
        var storage = new MemoryStorage();
        var disk = new TaskCompletionSource();
        storage.Writing = _ => new ValueTask(disk.Task);
        var sample = new SampleObject { PixelBytes = 4 << 20 };
        await using var connection = PipedConnection.Open(new DicomConnectionHandler(new DicomScpOptions(), storage, TimeProvider.System), MostUnread);
        await connection.SayAsync(Wire.CtRequest());

        byte[] stream = [.. Wire.Store(sample), .. Wire.ReleaseRequest()];
        var said = 0;
        var saying = Task.CompletedTask;
        for (; said < stream.Length && saying.IsCompleted; said += Piece) saying = connection.SayAsync(PieceAt(stream, said));
        saying.IsCompleted.ShouldBeFalse();
        said.ShouldBeLessThanOrEqualTo(MostUnread + Piece);

        disk.SetResult();
        await saying;
        for (; said < stream.Length; said += Piece) await connection.SayAsync(PieceAt(stream, said));
        Wire.Statuses(await connection.HangUpAsync()).ShouldBe([DimseStatus.Success]);
        storage.Kept[sample.SopInstanceUid].ShouldBe(sample.DataSet());
    }

    [Fact]
    public async Task While_an_object_is_being_kept_the_next_one_is_not_read()
    {
        var storage = new MemoryStorage();
        var disk = new TaskCompletionSource();
        storage.Disk = disk.Task;
        await using var connection = PipedConnection.Open(new DicomConnectionHandler(new DicomScpOptions(), storage, TimeProvider.System), MostUnread);
        await connection.SayAsync(Wire.CtRequest());
        await connection.SayAsync(Wire.Store(new SampleObject()));
        var saying = connection.SayAsync(Wire.Store(new SampleObject { SopInstanceUid = "1.2.3.4", PixelBytes = MostUnread }, messageId: 2));
        saying.IsCompleted.ShouldBeFalse();
        storage.Begun.Count.ShouldBe(1);

        disk.SetResult();
        await saying;
        await connection.SayAsync(Wire.ReleaseRequest());
        Wire.Statuses(await connection.HangUpAsync()).ShouldBe([DimseStatus.Success, DimseStatus.Success]);
    }

    private static ReadOnlyMemory<byte> PieceAt(byte[] stream, int at) => stream.AsMemory(at, Math.Min(Piece, stream.Length - at));
}
