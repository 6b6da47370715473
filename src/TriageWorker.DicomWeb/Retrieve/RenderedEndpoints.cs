using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace TriageWorker.DicomWeb;

/// <summary>Pictures for people: rendered resources and thumbnails (PS3.18 10.4.1.1.4, 10.4.1.1.6).</summary>
public static class RenderedEndpoints
{
    public const string Jpeg = "image/jpeg", Png = "image/png";

    private const int ThumbnailSide = 128;

    /// <summary>
    /// Maps <c>rendered</c> and <c>thumbnail</c> of study, series, instance and frame. The answer is 200 with one JPEG or PNG; 400 for
    /// parameters that cannot be understood, 406 for other media types and for images that cannot be shown, with the reason.
    /// </summary>
    /// <returns>The group, for the caller to guard.</returns>
    public static RouteGroupBuilder MapRendered(this IEndpointRouteBuilder app, string prefix, FindInstances find, RenderImage render)
    {
        var group = app.MapGroup(prefix);
        var pictures = new Pictures(find, render);
        var (rendered, thumbnail) = (new Transaction("Retrieve", "Rendered", Jpeg, Png) { Parameters = ["accept", "window", "viewport", "quality"] },
            new Transaction("Retrieve", "Thumbnail", Jpeg, Png) { Parameters = ["accept", "viewport"] });
        foreach (var (path, isThumbnail) in new[] { ("/rendered", false), ("/thumbnail", true) })
        {
            var usual = isThumbnail ? new Viewport(ThumbnailSide, ThumbnailSide) : null;
            var transaction = isThumbnail ? thumbnail : rendered;
            group.MapGet(WadoEndpoints.Study + path, (string study, HttpContext http, CancellationToken stop) =>
                pictures.AnswerAsync(new(study), null, usual, http, stop)).Is(transaction);
            group.MapGet(WadoEndpoints.Series + path, (string study, string series, HttpContext http, CancellationToken stop) =>
                pictures.AnswerAsync(new(study, series), null, usual, http, stop)).Is(transaction);
            group.MapGet(WadoEndpoints.Instance + path, (string study, string series, string instance, HttpContext http, CancellationToken stop) =>
                pictures.AnswerAsync(new(study, series, instance), null, usual, http, stop)).Is(transaction);
            group.MapGet(WadoEndpoints.Instance + "/frames/{frame}" + path, (string study, string series, string instance, string frame, HttpContext http, CancellationToken stop) =>
                pictures.AnswerAsync(new(study, series, instance), frame, usual, http, stop)).Is(transaction);
        }

        return group;
    }

    private sealed class Pictures(FindInstances find, RenderImage render)
    {
        public async Task<IResult> AnswerAsync(RetrieveTarget target, string? frame, Viewport? usual, HttpContext http, CancellationToken stop)
        {
            var frames = frame is null ? [] : FrameList.Read(frame);
            if (frames is null or { Count: > 1 }) return Problem.BadRequest("One frame is rendered at a time: name its number from 1.");
            if (MediaRange.Asked(http.Request).Select(range => range.Holds(Jpeg) ? Jpeg : range.Is(Png) ? Png : null).FirstOrDefault(type => type is not null) is not { } type)
                return Problem.NotAcceptable($"Pictures come as {Jpeg} or {Png}.");
            if (RenderParameters.TryRead(http.Request.Query, type, frames.Count == 0 ? null : frames[0], usual, out var request) is { } fault) return Problem.BadRequest(fault);
            var found = await Found.AtAsync(target, find, stop);
            if (found is not Found.Instances(var instances)) return ((Found.Nothing)found).Answer;
            http.Response.Headers[HeaderNames.Vary] = HeaderNames.Accept;
            if (http.Request.Query.ContainsKey("annotation") || http.Request.Query.ContainsKey("iccprofile")) // PS3.18, 8.3.5: what is not done is said
                http.Response.Headers[HeaderNames.Warning] = "299 - \"annotation and iccprofile are not supported: the picture is without.\"";
            if (EntityTag.IsKnown(http, EntityTag.Of(instances, $"{request}"))) return TypedResults.Empty;
            var rendering = await render(instances, request, stop);
            if (rendering is not Rendering.Picture) http.Response.Headers.ETag = default; // what there is none of has no tag
            return rendering switch
            {
                Rendering.Picture(var bytes) => TypedResults.Bytes(bytes, type),
                Rendering.Impossible(var because) => Problem.NotAcceptable(because),
                Rendering.Missing(var because) => Problem.NotFound(because),
                var unknown => throw new InvalidOperationException($"{unknown} is no rendering we know."),
            };
        }
    }
}
