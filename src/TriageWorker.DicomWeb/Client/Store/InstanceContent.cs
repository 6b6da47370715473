using System.Net;
using System.Security.Cryptography;

namespace TriageWorker.DicomWeb;

/// <summary>One part of a store request. Its stream is opened once the parts before it have left, so that any number of files can be sent.</summary>
internal sealed class InstanceContent : HttpContent
{
    private const int Piece = 80 * 1024;
    private readonly OutgoingInstance _instance;
    private readonly Action _left;

    private InstanceContent(OutgoingInstance instance, Action left)
    {
        (_instance, _left) = (instance, left);
        Headers.ContentType = new(Acceptable.DicomType);
    }

    /// <summary>The body of a request (PS3.18, 10.5.1).</summary>
    /// <param name="left">Called for each piece that has left.</param>
    public static MultipartContent Of(IReadOnlyList<OutgoingInstance> instances, Action left)
    {
        // 128 random bits: no file holds them by chance. Written without quotes, which many servers do not understand.
        var boundary = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var body = new MultipartContent("related", boundary);
        foreach (var instance in instances) body.Add(new InstanceContent(instance, left));
        body.Headers.Remove("Content-Type");
        body.Headers.TryAddWithoutValidation("Content-Type", $"{MultipartWriter.Related}; type=\"{Acceptable.DicomType}\"; boundary={boundary}");
        return body;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var source = await _instance.OpenAsync(cancellationToken);
        var piece = new byte[Piece];
        int count;
        while ((count = await source.ReadAsync(piece, cancellationToken)) > 0)
        {
            await stream.WriteAsync(piece.AsMemory(0, count), cancellationToken);
            _left();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _instance.Length ?? 0;
        return _instance.Length is not null;
    }
}
