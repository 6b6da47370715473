using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using TriageWorker.Dicom;

namespace TriageWorker.DicomWeb;

/// <summary>The values that metadata only refers to (PS3.18 10.4.1.1.5): little endian, compressed pixel data frame by frame.</summary>
internal static class BulkDataEndpoints
{
    public static void Map(RouteGroupBuilder group, FindInstances find) =>
        group.MapGet(WadoEndpoints.Instance + "/bulkdata/{**place}", (string study, string series, string instance, string? place, HttpContext http, CancellationToken stop) =>
                AnswerAsync(new(study, series, instance), place ?? "", http, find, stop))
            .Is(new Transaction("Retrieve", "Bulkdata", $"{MultipartWriter.Related}; type=\"{PixelMediaType.Bytes}\"", PixelMediaType.Bytes));

    private static async Task<IResult> AnswerAsync(RetrieveTarget target, string place, HttpContext http, FindInstances find, CancellationToken stop)
    {
        var found = await Found.AtAsync(target, find, stop);
        if (found is not Found.Instances([var instance, ..])) return ((Found.Nothing)found).Answer;
        var file = DicomFile.Read(instance.Path, DicomReadOptions.HeaderOnly);
        if (BulkDataPlace.Find(file.Dataset, place) is not { } element) return Problem.NotFound("The instance has no value at this address.");
        if (element.IsEncapsulated) return OfFrames(instance, http);
        if (PixelRepresentation.Choose(http.Request, DicomUid.ExplicitVRLittleEndian, isOne: true) is not { } representation)
            return Problem.NotAcceptable($"Ask with Accept: {PixelMediaType.Bytes}, or {MultipartWriter.Related}; type=\"{PixelMediaType.Bytes}\".");
        var tag = EntityTag.Of([instance], $"bulkdata {place} {representation}");
        if (EntityTag.IsKnown(http, tag)) return TypedResults.Empty;
        var value = ValueOf(element, file, instance);
        return representation.Packing is Packing.Single && RangeOf(http.Request, value.Length) is { } range
            ? new PartialResult(value, range, representation.PartType)
            : new FramesResult([() => value], representation);
    }

    private static IResult OfFrames(StoredInstance instance, HttpContext http)
    {
        if (StoredFrames.Open(instance, out var because) is not { } stored) return Problem.NotFound(because);
        if (PixelRepresentation.Choose(http.Request, instance.TransferSyntax, stored.Count == 1) is not { } representation)
            return Problem.NotAcceptable(PixelRepresentation.Refusal(instance.TransferSyntax));
        if (EntityTag.IsKnown(http, EntityTag.Of([instance], $"bulkdata {representation}"))) return TypedResults.Empty;
        return new FramesResult([.. Enumerable.Range(1, stored.Count).Select(frame => new Func<ByteRun>(() => stored[frame]))], representation);
    }

    /// <summary>Sent from the file where its bytes lie there as they are wanted; else through memory.</summary>
    private static ByteRun ValueOf(DicomElement element, DicomFile file, StoredInstance instance) =>
        element is { IsDeferred: true, FileOffset: >= 0 } && file.TransferSyntax is { IsBigEndian: false, HasBigEndianPixels: false }
            ? new ByteRun(instance.Path, element.FileOffset, element.Length)
            : new ByteRun(element.Bytes);

    // One range (RFC 9110, 14.2); of several, or none that is understood, the whole is sent. A range given beside If-Range is of another answer.
    private static (long From, long Length)? RangeOf(HttpRequest request, long length)
    {
        if (request.Headers.IfRange.Count > 0 || !RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out var header) || header is not { Unit.Value: "bytes", Ranges.Count: 1 }) return null;
        var range = header.Ranges.Single();
        var from = range.From ?? Math.Max(0, length - range.To!.Value);
        var to = range.From is null ? length - 1 : Math.Min(range.To ?? length - 1, length - 1);
        return (from, to - from + 1);
    }
}
