using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace TriageWorker.DicomWeb;

/// <summary>WADO-RS: retrieve the instances of a study, of a series, or one, their metadata, frames and bulk data (PS3.18 10.4).</summary>
public static class WadoEndpoints
{
    internal const string Study = "studies/{study}", Series = Study + "/series/{series}", Instance = Series + "/instances/{instance}";

    /// <summary>
    /// Maps <c>studies/{study}</c>, <c>…/series/{series}</c> and <c>…/instances/{instance}</c> with their <c>metadata</c>, and <c>frames</c>
    /// and <c>bulkdata</c> of an instance, below <paramref name="prefix"/>. The answer is 200 with all that was asked for, 304 when the
    /// client has it, 400 for what is no UID, 404 when nothing is stored under it, 410 when it is no longer kept, and 406 when no accepted
    /// representation can be given: nothing is compressed or decompressed here.
    /// </summary>
    /// <returns>The group, for the caller to guard.</returns>
    public static RouteGroupBuilder MapWadoRs(this IEndpointRouteBuilder app, string prefix, FindInstances find)
    {
        var group = app.MapGroup(prefix);
        var instances = new Transaction("Retrieve", "Instances", $"{MultipartWriter.Related}; type=\"{Acceptable.DicomType}\"", Acceptable.DicomType) { Parameters = ["accept"] };
        group.MapGet(Study, (string study, HttpRequest request, CancellationToken stop) => RetrieveAsync(new(study), request, find, stop)).Is(instances);
        group.MapGet(Series, (string study, string series, HttpRequest request, CancellationToken stop) =>
            RetrieveAsync(new(study, series), request, find, stop)).Is(instances);
        group.MapGet(Instance, (string study, string series, string instance, HttpRequest request, CancellationToken stop) =>
            RetrieveAsync(new(study, series, instance), request, find, stop)).Is(instances);
        MetadataEndpoints.Map(group, prefix, find);
        FrameEndpoints.Map(group, find);
        BulkDataEndpoints.Map(group, find);
        return group;
    }

    private static async Task<IResult> RetrieveAsync(RetrieveTarget target, HttpRequest request, FindInstances find, CancellationToken stop)
    {
        switch (await Found.AtAsync(target, find, stop))
        {
            case Found.Nothing(var answer):
                return answer;
            case Found.Instances(var instances):
                var asked = request.Query.TryGetValue("accept", out var parameter) ? parameter : request.Headers.Accept;
                foreach (var acceptable in Acceptable.Read(asked))
                    if ((acceptable.Packing is Packing.Multipart || instances.Count == 1) && instances.All(acceptable.Takes))
                        return new InstancesResult(instances, acceptable);
                return Problem.NotAcceptable(Refusal(asked, instances));
            case var unknown:
                throw new InvalidOperationException($"{unknown} is nothing we know.");
        }
    }

    private static string Refusal(StringValues asked, IReadOnlyList<StoredInstance> instances)
    {
        var stored = string.Join(", ", instances.Select(instance => instance.TransferSyntax).Distinct().Order(StringComparer.Ordinal));
        return $"{instances.Count} instances are stored in transfer syntax {stored}. Ask with Accept: " +
               $"{MultipartWriter.Related}; type=\"{Acceptable.DicomType}\"; transfer-syntax=* to get them as stored" +
               (instances.Count == 1 ? $", or {Acceptable.DicomType}; transfer-syntax=* for the one file." : ".") +
               (StringValues.IsNullOrEmpty(asked) ? " No representation was asked for, which means Explicit VR Little Endian." : "");
    }
}
