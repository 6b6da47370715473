using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;

namespace TriageWorker.DicomWeb;

/// <summary>STOW-RS: store instances (PS3.18 10.5). They stream to a session like those of an association, each answered only once it is safe.</summary>
public static class StowEndpoints
{
    private const string Wanted = $"Send instances as Part 10 files, with Content-Type: {MultipartWriter.Related}; type=\"{Acceptable.DicomType}\"; boundary=…, or one as {Acceptable.DicomType}.";

    /// <summary>
    /// Maps <c>POST studies</c> and <c>POST studies/{study}</c> below <paramref name="prefix"/>. The answer is 200 when all instances are
    /// stored, 202 when some are, 409 when none is, each with the reasons; 400 for a body that is cut or no multipart body, 408 for one that
    /// does not come, 413 for one that is too long, 415 for other types than Part 10 files, and 503 with <c>Retry-After</c> when they cannot be
    /// kept now.
    /// </summary>
    /// <returns>The group, for the caller to guard.</returns>
    public static RouteGroupBuilder MapStowRs(this IEndpointRouteBuilder app, string prefix, AdmitStow admit, TimeProvider clock)
    {
        var group = app.MapGroup(prefix);
        var store = new Transaction("Store", "Instances", DicomJsonResult.Type, StowResponse.Xml);
        group.MapPost("studies", (HttpContext http, CancellationToken stop) => StoreAsync(http, null, admit, clock, stop)).Is(store);
        group.MapPost(WadoEndpoints.Study, (string study, HttpContext http, CancellationToken stop) => StoreAsync(http, study, admit, clock, stop)).Is(store);
        return group;
    }

    /// <summary>Why a body or part of this type is not taken, and what is.</summary>
    internal static string NotTaken(string mediaType) => mediaType.StartsWith("application/dicom+", StringComparison.OrdinalIgnoreCase)
        ? $"Metadata and bulk data apart from each other ({mediaType}) are not taken: an instance comes as the file it is. {Wanted}"
        : $"{mediaType} is not taken. {Wanted}";

    internal static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);

    private static async Task<IResult> StoreAsync(HttpContext http, string? study, AdmitStow admit, TimeProvider clock, CancellationToken stop)
    {
        var request = http.Request;
        if (study is not null && new RetrieveTarget(study).Fault is not null) return Problem.BadRequest("The study in the address is no UID.");
        if (!BodyParts.TryOf(request.ContentType, out var parts, out var fault)) return Problem.Of(StatusCodes.Status415UnsupportedMediaType, $"{fault} {Wanted}");
        if (parts.MediaType is not (Acceptable.DicomType or "")) return Problem.Of(StatusCodes.Status415UnsupportedMediaType, NotTaken(parts.MediaType));
        if (request.Headers.ContentEncoding is { Count: > 0 } encoding) return Problem.Of(StatusCodes.Status415UnsupportedMediaType, $"Content-Encoding {encoding} is not taken. {Wanted}");
        var admission = admit(http);
        if (admission is StowAdmission.Refused refused) return Refused(http, refused);
        var open = (StowAdmission.Open)admission;
        using (open.Place)
        {
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = open.Limits.MaxBytes;
            // How long a sender may take is told by the limits: a scanner that pauses is no attacker.
            if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = null;
            return await new StowTransaction(open, study, clock).RunAsync(parts, http, stop);
        }
    }

    private static ProblemHttpResult Refused(HttpContext http, StowAdmission.Refused refused)
    {
        if (refused.RetryAfter is { } later) http.Response.Headers[HeaderNames.RetryAfter] = Seconds(later);
        return Problem.Of(refused.Status, refused.Because);
    }
}
