using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace TriageWorker.DicomWeb;

/// <summary>A part of a value (RFC 9110, 15.3.7), or 416 when the value has none there.</summary>
internal sealed class PartialResult(ByteRun value, (long From, long Length) range, string contentType) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        if (range.From >= value.Length || range.Length <= 0)
        {
            response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            response.Headers[HeaderNames.ContentRange] = new ContentRangeHeaderValue(value.Length).ToString();
            return;
        }

        response.StatusCode = StatusCodes.Status206PartialContent;
        response.ContentType = contentType;
        response.ContentLength = range.Length;
        response.Headers[HeaderNames.ContentRange] = new ContentRangeHeaderValue(range.From, range.From + range.Length - 1, value.Length).ToString();
        await value.Slice(range.From, range.Length).CopyToAsync(response.BodyWriter, httpContext.RequestAborted);
    }
}
