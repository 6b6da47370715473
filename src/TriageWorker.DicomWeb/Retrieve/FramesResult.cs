using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace TriageWorker.DicomWeb;

/// <summary>Sends pieces of one instance, each read when its turn comes.</summary>
internal sealed class FramesResult(IReadOnlyList<Func<ByteRun>> pieces, PixelRepresentation representation) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, stop) = (httpContext.Response, httpContext.RequestAborted);
        response.Headers[HeaderNames.Vary] = HeaderNames.Accept;
        if (representation.Packing is Packing.Single)
        {
            var piece = pieces[0]();
            response.ContentType = representation.PartType;
            response.ContentLength = piece.Length;
            await piece.CopyToAsync(response.BodyWriter, stop);
            return;
        }

        var multipart = new MultipartWriter(response.BodyWriter, representation.MediaType);
        foreach (var read in pieces)
        {
            var piece = read();
            if (!response.HasStarted) response.ContentType = multipart.ContentType;
            await multipart.BeginPartAsync(representation.PartType, piece.Length, stop);
            await piece.CopyToAsync(response.BodyWriter, stop);
            await multipart.EndPartAsync(stop);
        }

        await multipart.EndAsync(stop);
    }
}
