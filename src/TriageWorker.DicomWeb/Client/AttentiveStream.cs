namespace TriageWorker.DicomWeb;

/// <summary>A body that may take as long as it likes, but not pause for longer than it may.</summary>
internal sealed class AttentiveStream(Stream body, Uri address, TimeSpan longestPause, TimeProvider clock) : ForwardStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var pause = new CancellationTokenSource(longestPause, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, cancellationToken);
        try
        {
            return await body.ReadAsync(buffer, any.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DicomWebException(DicomWebFault.Silent, address, $"paused for more than {longestPause} within its answer.");
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException and not DicomWebException)
        {
            throw new DicomWebException(DicomWebFault.Lost, address, $"broke off within its answer: {broken.Message}", inner: broken);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) body.Dispose();
        base.Dispose(disposing);
    }
}
