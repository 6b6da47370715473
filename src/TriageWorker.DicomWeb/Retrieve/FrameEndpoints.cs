using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace TriageWorker.DicomWeb;

/// <summary>Frames, as they are stored (PS3.18 10.4.1.1.3).</summary>
internal static class FrameEndpoints
{
    private static readonly Transaction s_frames = new("Retrieve", "Frames",
        $"{MultipartWriter.Related}; type=\"{PixelMediaType.Bytes}\"", $"{MultipartWriter.Related}; type=\"image/jpeg\"", $"{MultipartWriter.Related}; type=\"image/jls\"",
        $"{MultipartWriter.Related}; type=\"image/jp2\"", $"{MultipartWriter.Related}; type=\"image/dicom-rle\"");

    public static void Map(RouteGroupBuilder group, FindInstances find) =>
        group.MapGet(WadoEndpoints.Instance + "/frames/{frames}", (string study, string series, string instance, string frames, HttpContext http, CancellationToken stop) =>
            AnswerAsync(new(study, series, instance), frames, http, find, stop)).Is(s_frames);

    private static async Task<IResult> AnswerAsync(RetrieveTarget target, string list, HttpContext http, FindInstances find, CancellationToken stop)
    {
        if (FrameList.Read(list) is not { } frames) return Problem.BadRequest("Frames are named by their numbers from 1, with commas between them: frames/1,2,5.");
        var found = await Found.AtAsync(target, find, stop);
        if (found is not Found.Instances([var instance, ..])) return ((Found.Nothing)found).Answer;
        if (PixelRepresentation.Choose(http.Request, instance.TransferSyntax, frames.Count == 1) is not { } representation)
            return Problem.NotAcceptable(PixelRepresentation.Refusal(instance.TransferSyntax));
        if (StoredFrames.Open(instance, out var because) is not { } stored) return Problem.NotFound(because);
        if (frames.FirstOrDefault(frame => frame > stored.Count) is > 0 and var missing) return Problem.NotFound($"The instance has {stored.Count} frames; there is no frame {missing}.");
        if (EntityTag.IsKnown(http, EntityTag.Of([instance], $"frames {list} {representation}"))) return TypedResults.Empty; // what is not there has no tag
        return new FramesResult([.. frames.Select(frame => new Func<ByteRun>(() => stored[frame]))], representation);
    }
}
