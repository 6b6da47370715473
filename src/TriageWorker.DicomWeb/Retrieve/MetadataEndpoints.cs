using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Json;

namespace TriageWorker.DicomWeb;

/// <summary>Metadata: all attributes as DICOM JSON, pixel data and other long values by their address (PS3.18 10.4.1.1.2).</summary>
internal static class MetadataEndpoints
{
    private static readonly DicomReadOptions s_header = DicomReadOptions.HeaderOnly with { AcceptShortPixelData = true };

    public static void Map(RouteGroupBuilder group, string prefix, FindInstances find)
    {
        var metadata = new Transaction("Retrieve", "Metadata", DicomJsonResult.Type);
        group.MapGet(WadoEndpoints.Study + "/metadata", (string study, HttpContext http, CancellationToken stop) =>
            AnswerAsync(new(study), http, prefix, find, stop)).Is(metadata);
        group.MapGet(WadoEndpoints.Series + "/metadata", (string study, string series, HttpContext http, CancellationToken stop) =>
            AnswerAsync(new(study, series), http, prefix, find, stop)).Is(metadata);
        group.MapGet(WadoEndpoints.Instance + "/metadata", (string study, string series, string instance, HttpContext http, CancellationToken stop) =>
            AnswerAsync(new(study, series, instance), http, prefix, find, stop)).Is(metadata);
    }

    private static async Task<IResult> AnswerAsync(RetrieveTarget target, HttpContext http, string prefix, FindInstances find, CancellationToken stop)
    {
        if (DicomJsonResult.Refuse(http.Request) is { } refusal) return Problem.NotAcceptable(refusal);
        var found = await Found.AtAsync(target, find, stop);
        if (found is not Found.Instances(var instances)) return ((Found.Nothing)found).Answer;
        if (EntityTag.IsKnown(http, EntityTag.Of(instances, $"metadata {ServiceAddress.Of(http.Request, prefix)}"))) return TypedResults.Empty;

        // The first is read before anything is said, so that a file that cannot be read is an answer and not a broken connection.
        var first = Read(instances[0]);
        var place = new BulkDataPlace(ServiceAddress.Of(http.Request, prefix)) { Instance = instances[0] };
        return new DicomJsonResult(ReadAsync(first, instances, place, stop), new DicomJsonWriteOptions { BulkDataUri = place.AddressOf });
    }

    // The writer asks for addresses while it holds the data set that came last.
    private static async IAsyncEnumerable<DicomDataset> ReadAsync(DicomDataset first, IReadOnlyList<StoredInstance> instances, BulkDataPlace place, [EnumeratorCancellation] CancellationToken stop)
    {
        yield return first;
        foreach (var instance in instances.Skip(1))
        {
            stop.ThrowIfCancellationRequested();
            place.Instance = instance;
            yield return Read(instance);
        }

        await Task.CompletedTask;
    }

    private static DicomDataset Read(StoredInstance instance) => DicomFile.Read(instance.Path, s_header).Dataset;
}
