using System.Net.Http.Headers;
using Microsoft.AspNetCore.WebUtilities;

namespace TriageWorker.DicomWeb;

/// <summary>A successful answer whose body has not been read yet.</summary>
internal sealed class Answer(HttpResponseMessage response, Uri address, Stream body) : IDisposable
{
    private const int ReadAhead = 64 * 1024, MostHeaderBytes = 16 * 1024;

    public Stream Body => body;

    public MediaTypeHeaderValue? Type => response.Content.Headers.ContentType;

    /// <summary>The parts one after the other; an answer that is not in parts is one.</summary>
    /// <exception cref="DicomWebException">It breaks off, pauses for too long, or is not in parts though it says so.</exception>
    public async IAsyncEnumerable<RetrievedPart> PartsAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        if (Type?.MediaType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) != true)
        {
            yield return RetrievedPart.Of(Type?.ToString(), body);
            yield break;
        }

        var boundary = Type.Parameters.FirstOrDefault(parameter => parameter.Name.Equals("boundary", StringComparison.OrdinalIgnoreCase))?.Value?.Trim('"');
        if (string.IsNullOrEmpty(boundary)) throw Malformed("it is in parts, but names no boundary", null);
        var reader = new MultipartReader(boundary, body, ReadAhead) { HeadersLengthLimit = MostHeaderBytes };
        while (await NextAsync(reader, stop) is { } section) yield return RetrievedPart.Of(section.ContentType, new PartStream(section.Body, Malformed));
    }

    public DicomWebException TooLong(int most) => Malformed($"it is longer than {most} bytes", null);

    public void Dispose()
    {
        body.Dispose();
        response.Dispose();
    }

    private async Task<MultipartSection?> NextAsync(MultipartReader reader, CancellationToken stop)
    {
        try
        {
            return await reader.ReadNextSectionAsync(stop);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException and not DicomWebException)
        {
            throw Malformed($"its parts cannot be told from each other: {broken.Message}", broken);
        }
    }

    private DicomWebException Malformed(string what, Exception? inner) => new(DicomWebFault.Malformed, address, what, response.StatusCode, inner);
}
