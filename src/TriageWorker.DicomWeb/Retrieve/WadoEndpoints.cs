using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace TriageWorker.DicomWeb;

/// <summary>WADO-RS: retrieve the instances of a study, of a series, or one (PS3.18 10.4).</summary>
public static class WadoEndpoints
{
    /// <summary>
    /// Maps <c>studies/{study}</c>, <c>…/series/{series}</c> and <c>…/instances/{instance}</c> below <paramref name="prefix"/>.
    /// The answer is 200 with all instances, 400 for what is no UID, 404 when nothing is stored under it, and 406 when
    /// no accepted representation can be given: nothing is compressed or decompressed here.
    /// </summary>
    /// <returns>The group, for the caller to guard.</returns>
    public static RouteGroupBuilder MapWadoRs(this IEndpointRouteBuilder app, string prefix, FindInstances find)
    {
        var group = app.MapGroup(prefix);
        group.MapGet("studies/{study}", (string study, HttpRequest request, CancellationToken stop) =>
            RetrieveAsync(new(study), request, find, stop));
        group.MapGet("studies/{study}/series/{series}", (string study, string series, HttpRequest request, CancellationToken stop) =>
            RetrieveAsync(new(study, series), request, find, stop));
        group.MapGet("studies/{study}/series/{series}/instances/{instance}",
            (string study, string series, string instance, HttpRequest request, CancellationToken stop) =>
                RetrieveAsync(new(study, series, instance), request, find, stop));
        return group;
    }

    private static async Task<Results<InstancesResult, ProblemHttpResult>> RetrieveAsync(
        RetrieveTarget target, HttpRequest request, FindInstances find, CancellationToken stop)
    {
        if (target.Fault is { } fault) return Problem(StatusCodes.Status400BadRequest, $"The {fault} in the address is no UID.");
        var instances = await find(target, stop);
        if (instances.Count == 0) return Problem(StatusCodes.Status404NotFound, "Nothing is stored under this address.");
        if (!instances.All(instance => File.Exists(instance.Path)))
            return Problem(StatusCodes.Status404NotFound, "The files of this address are no longer kept here.");

        var asked = request.Query.TryGetValue("accept", out var parameter) ? parameter : request.Headers.Accept;
        foreach (var acceptable in Acceptable.Read(asked))
            if ((acceptable.Packing is Packing.Multipart || instances.Count == 1) && instances.All(acceptable.Takes))
                return new InstancesResult(instances, acceptable);
        return Problem(StatusCodes.Status406NotAcceptable, Refusal(asked, instances));
    }

    private static string Refusal(StringValues asked, IReadOnlyList<StoredInstance> instances)
    {
        var stored = string.Join(", ", instances.Select(instance => instance.TransferSyntax).Distinct().Order(StringComparer.Ordinal));
        return $"{instances.Count} instances are stored in transfer syntax {stored}. Ask with Accept: " +
               $"{Acceptable.Related}; type=\"{Acceptable.DicomType}\"; transfer-syntax=* to get them as stored" +
               (instances.Count == 1 ? $", or {Acceptable.DicomType}; transfer-syntax=* for the one file." : ".") +
               (StringValues.IsNullOrEmpty(asked) ? " No representation was asked for, which means Explicit VR Little Endian." : "");
    }

    private static ProblemHttpResult Problem(int status, string detail) => TypedResults.Problem(detail, statusCode: status);
}
