using System.Buffers;
using TriageWorker.Dicom.Network;

namespace TriageWorker.DicomWeb;

/// <summary>One Part 10 file on its way in: its head is read, then its data set goes to the scan and to the keeper as it arrives.</summary>
/// <param name="study">The study that the address names; null: any.</param>
internal sealed class IncomingInstance(IStorageSession session, string? study, Patience patience)
{
    private const int BlockSize = 64 * 1024;
    private static readonly StoreHead s_unknown = new("", "", "");

    private string? _trouble;

    /// <summary>Bytes of the data set that came, whatever became of them.</summary>
    public long Bytes { get; private set; }

    /// <exception cref="IOException">The sender's bytes broke off; nothing of this instance is kept.</exception>
    /// <exception cref="OperationCanceledException">They stayed away, or the request is over; the same.</exception>
    public async Task<StoredPart> StoreAsync(BodyPart part)
    {
        if (!part.IsOrMayBe(Acceptable.DicomType)) return Unknown($"part {part.Number} is {part.ContentType}, not {Acceptable.DicomType}");
        StoreHead head;
        try
        {
            patience.Wait();
            var meta = await Part10Head.ReadAsync($"part {part.Number}", part.Content, patience.Token);
            patience.Heard();
            head = new StoreHead(meta.SopClassUid, meta.SopInstanceUid, meta.TransferSyntax);
        }
        catch (DicomNetworkException unreadable)
        {
            return Unknown(unreadable.Message);
        }

        if (!StorageService.IsStorage(head.SopClassUid)) return Refused(head, FailureReason.SopClassNotSupported, StoreVerdict.NotNegotiated, $"{head.SopClassUid} is no storage SOP class");
        if (AcceptedSyntaxes.Choose([head.TransferSyntax]) is null)
            return Refused(head, FailureReason.TransferSyntaxNotSupported, StoreVerdict.NotNegotiated, $"transfer syntax {head.TransferSyntax} is not taken");
        using var scan = new DataSetScan(AcceptedSyntaxes.EncodingOf(head.TransferSyntax));
        var (verdict, because) = await ReceiveAsync(head, part.Content, scan);
        return verdict is StoreVerdict.Stored
            ? new StoredPart(head, null) { Study = scan.Uid(ScanTag.StudyInstanceUid)!, Series = scan.Uid(ScanTag.SeriesInstanceUid)! }
            : Refused(head, verdict.Status().Code, verdict, because);
    }

    private async Task<(StoreVerdict, string)> ReceiveAsync(StoreHead head, Stream content, DataSetScan scan)
    {
        await using var incoming = await TryAsync(async () => await session.BeginAsync(head, patience.Token));
        await PassAsync(content, scan, incoming);
        scan.Complete();
        var (verdict, because) = _trouble is null ? Judge(scan, head) : (StoreVerdict.OutOfResources, _trouble);
        // Never cancelled from here on: an object that came whole is kept, whatever becomes of the request. For our own trouble nothing is
        // kept: it may be that the disk is full, and the sender has the object.
        if (verdict is StoreVerdict.Stored) verdict = await TryAsync(async () => await incoming!.KeepAsync(scan, CancellationToken.None));
        else if (verdict is not StoreVerdict.OutOfResources) await TryAsync(async () => await RefuseAsync(incoming!, verdict, because));
        return _trouble is null ? (verdict, because) : (StoreVerdict.OutOfResources, _trouble);
    }

    // What is refused anyway is read to its end and not written: an object without an end would fill the disk.
    private async Task PassAsync(Stream content, DataSetScan scan, IIncomingObject? incoming)
    {
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            while (await ReadAsync(content, block) is > 0 and var count)
            {
                Bytes += count;
                var isWanted = _trouble is null && !scan.IsLost;
                scan.Feed(block.AsSpan(0, count));
                if (isWanted) await TryAsync(async () => await WriteAsync(incoming!, block.AsMemory(0, count)));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private async ValueTask<int> ReadAsync(Stream content, byte[] block)
    {
        patience.Wait();
        var count = await content.ReadAsync(block, patience.Token);
        patience.Heard();
        return count;
    }

    private (StoreVerdict, string) Judge(DataSetScan scan, StoreHead head)
    {
        var (verdict, because) = StoreJudgement.Of(scan, head);
        return verdict is not StoreVerdict.Stored || study is null || scan.Uid(ScanTag.StudyInstanceUid) == study
            ? (verdict, because)
            : (StoreVerdict.DoesNotMatchCommand, "it belongs to another study than the address names");
    }

    private static async Task<bool> WriteAsync(IIncomingObject incoming, ReadOnlyMemory<byte> piece)
    {
        await incoming.WriteAsync(piece, CancellationToken.None);
        return true;
    }

    private static async Task<bool> RefuseAsync(IIncomingObject incoming, StoreVerdict verdict, string because)
    {
        await incoming.RefuseAsync(verdict, because, CancellationToken.None);
        return true;
    }

    // The keeper's trouble is ours to answer; what the sender's stream does is not caught here.
    private async Task<T?> TryAsync<T>(Func<Task<T>> keeper)
    {
        try
        {
            return await keeper();
        }
        catch (Exception world) when (world is IOException or UnauthorizedAccessException)
        {
            _trouble ??= world.Message;
            return default;
        }
    }

    private StoredPart Refused(StoreHead head, ushort reason, StoreVerdict verdict, string because)
    {
        session.Refused(head, verdict, because);
        return new(head, reason);
    }

    private StoredPart Unknown(string because)
    {
        session.Refused(s_unknown, StoreVerdict.CannotFollow, because);
        return new(null, FailureReason.CannotUnderstand);
    }
}
