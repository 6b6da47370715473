using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Json;

namespace TriageWorker.DicomWeb;

/// <summary>
/// An array of data sets in DICOM JSON, one in memory at a time, in gzip where the client takes it. A fault on the way ends the
/// connection, so that no client takes a part for the whole.
/// </summary>
internal sealed class DicomJsonResult(IAsyncEnumerable<DicomDataset> datasets, DicomJsonWriteOptions? options = null) : IResult
{
    public const string Type = "application/dicom+json";

    /// <summary>Why the client cannot have it, or null when it takes JSON.</summary>
    public static string? Refuse(HttpRequest request) => MediaRange.Asked(request).Any(range => range.Holds(Type) || range.Is("application/json"))
        ? null
        : $"This is answered as {Type} only; DICOM in XML is not written here.";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = Type;
        response.Headers[HeaderNames.Vary] = new[] { HeaderNames.Accept, HeaderNames.AcceptEncoding };
        if (!TakesGzip(httpContext.Request))
        {
            await DicomJsonWriter.WriteArrayAsync(response.Body, datasets, options, httpContext.RequestAborted);
            return;
        }

        response.Headers[HeaderNames.ContentEncoding] = "gzip";
        await using var gzip = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await DicomJsonWriter.WriteArrayAsync(gzip, datasets, options, httpContext.RequestAborted);
    }

    private static bool TakesGzip(HttpRequest request) => MediaRange.ReadList(request.Headers.AcceptEncoding.ToString()).Any(range => range.Is("gzip") && range.Quality > 0);
}
