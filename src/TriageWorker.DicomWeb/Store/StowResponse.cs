using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Json;
using TriageWorker.Dicom.Network;
using TriageWorker.Dicom.Xml;

namespace TriageWorker.DicomWeb;

/// <summary>What became of each instance (PS3.18, 10.5.3 and I.2), as DICOM JSON, or as XML where the client wants that more.</summary>
/// <param name="root">Where what is stored can be retrieved; null: not known.</param>
/// <param name="study">The study that the address names; null: any.</param>
internal sealed class StowResponse(IReadOnlyList<StoredPart> parts, string? root, string? study, TimeSpan retryAfter) : IResult
{
    public const string Xml = "application/dicom+xml";

    /// <summary>All stored, some, or none; when none, and only for our own trouble, the sender may come back.</summary>
    public int Status =>
        parts.All(part => part.Reason is null) ? StatusCodes.Status200OK
        : parts.Any(part => part.Reason is null) ? StatusCodes.Status202Accepted
        : parts.All(part => part.Reason == FailureReason.OutOfResources) ? StatusCodes.Status503ServiceUnavailable
        : StatusCodes.Status409Conflict;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var isXml = WantsXml(httpContext.Request);
        (response.StatusCode, response.ContentType) = (Status, isXml ? Xml : DicomJsonResult.Type);
        response.Headers[HeaderNames.Vary] = HeaderNames.Accept;
        if (Status == StatusCodes.Status503ServiceUnavailable) response.Headers[HeaderNames.RetryAfter] = StowEndpoints.Seconds(retryAfter);
        await response.BodyWriter.WriteAsync(isXml ? DataSet().ToXml() : DataSet().ToJson(), httpContext.RequestAborted);
    }

    internal DicomDataset DataSet()
    {
        DicomDataset[] stored = [.. parts.Where(part => part.Reason is null).Select(part =>
            Address(Reference(part.Head!), $"/studies/{part.Study}/series/{part.Series}/instances/{part.Head!.SopInstanceUid}"))];
        DicomDataset[] failed = [.. parts.Where(part => part is { Reason: not null, Head: not null }).Select(part => Reference(part.Head!).Set(DicomTag.FailureReason, part.Reason!.Value))];
        // Of these not even the UIDs are known.
        DicomDataset[] others = [.. parts.Where(part => part is { Reason: not null, Head: null }).Select(part => new DicomDataset().Set(DicomTag.FailureReason, part.Reason!.Value))];
        // Of one study, its own address; each instance has its own anyway.
        var answer = Address(new DicomDataset(), (study ?? Single(parts)) is { } one ? $"/studies/{one}" : null);
        if (failed.Length > 0) answer.Set(DicomTag.FailedSOPSequence, failed);
        if (stored.Length > 0) answer.Set(DicomTag.ReferencedSOPSequence, stored);
        if (others.Length > 0) answer.Set(DicomTag.OtherFailuresSequence, others);
        return answer;
    }

    /// <summary>An image is not refused for what its answer should look like: whoever wants neither JSON nor XML gets JSON (RFC 9110, 12.5.1).</summary>
    private static bool WantsXml(HttpRequest request) => MediaRange.Asked(request)
        .Select(range => range.Holds(DicomJsonResult.Type) || range.Is("application/json") ? false : Names(range, Xml) ? true : (bool?)null).FirstOrDefault(wants => wants is not null) is true;

    // Early editions asked for a multipart answer with one part of that type.
    private static bool Names(MediaRange range, string type) =>
        range.Is(type) || (range.Is(MultipartWriter.Related) && type.Equals(range.Parameter("type"), StringComparison.OrdinalIgnoreCase));

    private DicomDataset Address(DicomDataset of, string? path) => root is null || path is null ? of.SetEmpty(DicomTag.RetrieveURL) : of.Set(DicomTag.RetrieveURL, root + path);

    private static DicomDataset Reference(StoreHead head) => new DicomDataset()
        .Set(DicomTag.ReferencedSOPClassUID, head.SopClassUid).Set(DicomTag.ReferencedSOPInstanceUID, head.SopInstanceUid);

    private static string? Single(IReadOnlyList<StoredPart> parts) =>
        parts.Where(part => part.Reason is null).Select(part => part.Study).Distinct().Take(2).ToArray() is [var only] ? only : null;
}
