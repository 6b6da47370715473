using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.WebUtilities;

namespace TriageWorker.DicomWeb;

/// <summary>An answer whose body has not been read yet.</summary>
internal sealed class Answer(HttpResponseMessage response, Uri address, Stream body) : IDisposable
{
    private const int ReadAhead = 64 * 1024, MostHeaderBytes = 16 * 1024;

    public Stream Body => body;

    public HttpStatusCode Status => response.StatusCode;

    public bool IsSuccess => response.IsSuccessStatusCode;

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
        if (string.IsNullOrEmpty(boundary)) throw Malformed("answered in parts and named no boundary.");
        var reader = new MultipartReader(boundary, body, ReadAhead) { HeadersLengthLimit = MostHeaderBytes };
        while (await NextAsync(reader, stop) is { } section) yield return RetrievedPart.Of(section.ContentType, new PartStream(section.Body, Malformed));
    }

    /// <summary>The whole of it.</summary>
    /// <exception cref="DicomWebException">It is longer than <paramref name="most"/> bytes, or does not come as it should.</exception>
    public async Task<byte[]> ReadAsync(int most, CancellationToken stop)
    {
        using var whole = new MemoryStream();
        var block = new byte[16 * 1024];
        int count;
        while ((count = await body.ReadAsync(block, stop)) > 0)
        {
            if (whole.Length + count > most) throw Malformed($"answered with more than {most} bytes.");
            await whole.WriteAsync(block.AsMemory(0, count), stop);
        }

        return whole.ToArray();
    }

    /// <summary>Its status as a fault, with the server's own words as far as they are text.</summary>
    public async Task<DicomWebException> RefusalAsync(CancellationToken stop) => Refusal(await ServerWords.OfAsync(response, body, stop));

    public DicomWebException Refusal(string words = "") =>
        new(DicomWebFault.Status, address, $"answered {StatusText.Of(Status)}{(words.Length == 0 ? "." : $": {words}")}", Status);

    public DicomWebException Malformed(string what, Exception? inner = null) => new(DicomWebFault.Malformed, address, what, Status, inner);

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
            throw Malformed($"answered in parts that cannot be told from each other: {broken.Message}", broken);
        }
    }
}
