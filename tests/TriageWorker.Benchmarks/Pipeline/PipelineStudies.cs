using System.Globalization;
using TriageWorker.Phantoms;
using TriageWorker.Triage;

namespace TriageWorker.Benchmarks.Pipeline;

/// <summary>A study on disk, ready to be pushed.</summary>
public sealed record PipelineStudy(StudyUid Uid, string Folder);

/// <summary>Studies for the pipeline. A few bodies are drawn; each study has UIDs of its own.</summary>
public static class PipelineStudies
{
    private const int Bodies = 3;

    public static IReadOnlyList<PipelineStudy> Write(string folder, int count, int slices, int matrix, CancellationToken stop)
    {
        PhantomStudy[] bodies = [.. Enumerable.Range(0, Math.Min(Bodies, count)).Select(seed => Phantom.Draw(
            new PhantomSpec { Seed = 100 + seed, Slices = slices, Matrix = matrix, Findings = seed == 0 ? PhantomFindings.None : PhantomFindings.PleuralEffusion },
            cancellation: stop))];
        return [.. Enumerable.Range(0, count).Select(index =>
        {
            var name = index.ToString("000", CultureInfo.InvariantCulture);
            var files = PhantomDicom.Write(bodies[index % bodies.Length], Path.Combine(folder, name), new PhantomWriteOptions { Identity = name });
            return new PipelineStudy(new StudyUid(files.StudyInstanceUid), Path.Combine(folder, name));
        })];
    }
}
