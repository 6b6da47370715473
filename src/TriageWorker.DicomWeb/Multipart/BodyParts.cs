using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.WebUtilities;

namespace TriageWorker.DicomWeb;

/// <summary>One part of a body. Its stream ends with the part, and is of no use once the next one is asked for.</summary>
/// <param name="ContentType">As it was written; empty when it was not.</param>
internal sealed record BodyPart(int Number, string ContentType, Stream Content)
{
    /// <summary>Whether the part says that it is of this type, or says nothing.</summary>
    internal bool IsOrMayBe(string mediaType) => ContentType.Length == 0 || MediaRange.ReadList(ContentType).FirstOrDefault()?.Is(mediaType) == true;
}

/// <summary>A <c>multipart/related</c> body (RFC 2387), or one with a single part, part after part as it arrives. No part is held in memory.</summary>
internal sealed class BodyParts
{
    private const int BufferSize = 64 * 1024, LongestBoundary = 200; // RFC 2046, 5.1.1, allows 70, and Orthanc writes 73

    private readonly MediaRange _type;
    private readonly string? _boundary;

    private BodyParts(MediaRange type, string? boundary) => (_type, _boundary) = (type, boundary);

    /// <summary>The media type of the parts, in lower case: what a multipart body names in its <c>type</c>, or what a single one is.</summary>
    public string MediaType => (_boundary is null ? _type.Type : _type.Parameter("type") ?? "").ToLowerInvariant();

    /// <param name="contentType">The header of the body.</param>
    /// <param name="fault">What is wrong with a multipart type.</param>
    public static bool TryOf(string? contentType, [NotNullWhen(true)] out BodyParts? parts, [NotNullWhen(false)] out string? fault)
    {
        (parts, fault) = (null, null);
        if (MediaRange.ReadList(contentType ?? "").FirstOrDefault() is not { } type) fault = "The body has no Content-Type.";
        else if (!type.Is(MultipartWriter.Related)) parts = new(type, null);
        else if (type.Parameter("boundary") is not { Length: > 0 and <= LongestBoundary } boundary) fault = $"{MultipartWriter.Related} needs a boundary of 1 to {LongestBoundary} characters.";
        else parts = new(type, boundary);
        return parts is not null;
    }

    /// <exception cref="InvalidDataException">The body is no multipart body, or its heads are longer than anybody's.</exception>
    /// <exception cref="IOException">The body ended before its last boundary.</exception>
    public async IAsyncEnumerable<BodyPart> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken stop)
    {
        if (_boundary is null)
        {
            yield return new BodyPart(1, _type.Type, body);
            yield break;
        }

        var reader = new MultipartReader(_boundary, body, BufferSize);
        for (var number = 1; await reader.ReadNextSectionAsync(stop) is { } section; number++)
            yield return new BodyPart(number, section.ContentType ?? "", section.Body);
    }
}
