using System.Net;

namespace TriageWorker.DicomWeb;

/// <summary>One part of a request. Its stream is opened once the parts before it have left, so that any number of files can be sent.</summary>
internal sealed class InstanceContent : HttpContent
{
    private readonly OutgoingInstance _instance;

    public InstanceContent(OutgoingInstance instance)
    {
        _instance = instance;
        Headers.ContentType = new(Acceptable.DicomType);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var source = await _instance.OpenAsync(cancellationToken);
        await source.CopyToAsync(stream, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _instance.Length ?? 0;
        return _instance.Length is not null;
    }
}
