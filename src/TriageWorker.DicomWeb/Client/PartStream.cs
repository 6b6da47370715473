namespace TriageWorker.DicomWeb;

/// <summary>One part; where the answer ends before the part does, it says so as the client's other faults do.</summary>
internal sealed class PartStream(Stream part, Func<string, Exception?, DicomWebException> malformed) : ForwardStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await part.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException and not DicomWebException)
        {
            throw malformed($"answered with a part that has no end: {broken.Message}", broken);
        }
    }
}
