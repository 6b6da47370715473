using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace TriageWorker.DicomWeb;

/// <summary>What is at a retrieve URL, or what is answered instead. Whatever is asked of a study, it is looked for in one way.</summary>
internal abstract record Found
{
    private Found()
    {
    }

    /// <summary>At least one, and every file is there.</summary>
    public sealed record Instances(IReadOnlyList<StoredInstance> All) : Found;

    public sealed record Nothing(ProblemHttpResult Answer) : Found;

    public static async Task<Found> AtAsync(RetrieveTarget target, FindInstances find, CancellationToken stop)
    {
        if (target.Fault is { } fault) return new Nothing(Problem.Of(StatusCodes.Status400BadRequest, $"The {fault} in the address is no UID."));
        var instances = await find(target, stop);
        if (instances.Count == 0) return new Nothing(Problem.Of(StatusCodes.Status404NotFound, "Nothing is stored under this address."));
        var gone = instances.Count(instance => !File.Exists(instance.Path));
        return gone == 0 ? new Instances(instances) : new Nothing(Problem.Of(StatusCodes.Status410Gone,
            $"Of the {instances.Count} instances of this address, the files of {gone} are no longer kept here. Ask for the others one by one, or ask the archive."));
    }
}
