using TriageWorker.Host.Sending;
using TriageWorker.Phantoms;
using TriageWorker.Triage;

namespace TriageWorker.Host.Demo;

/// <summary>The three synthetic studies that every demonstration begins with; one of them is normal.</summary>
public static class DemoPhantoms
{
    // A demonstration shows what the product does with a finding, not how subtle a finding the model can see.
    private const double Marked = 0.8;

    private static readonly (int Seed, PhantomFindings Findings)[] Cast =
    [
        (11, PhantomFindings.None),
        (12, PhantomFindings.Ascites | PhantomFindings.PleuralEffusion),
        (13, PhantomFindings.FreeAir),
    ];

    public static int Count => Cast.Length;

    /// <summary>Draws one after the other, so that the first is on its way while the next is drawn. Each run makes studies of its own.</summary>
    public static IEnumerable<DemoStudy> Draw(string folder, CancellationToken stop)
    {
        foreach (var (seed, findings) in Cast)
        {
            var study = Phantom.Draw(new PhantomSpec { Seed = seed, Findings = findings, Severity = Marked }, cancellation: stop);
            var files = PhantomDicom.Write(study, Path.Combine(folder, $"phantom-{seed}"), PhantomWriteOptions.Fresh(TimeProvider.System));
            var names = PhantomFindingNames.Of(findings);
            var consignment = Consignment.Of(files.Files);
            yield return new DemoStudy(
                names.Count == 0 ? "phantom, normal" : $"phantom with {string.Join(", ", names)}",
                new StudyUid(files.StudyInstanceUid), consignment.Files, consignment.Unsuitable);
        }
    }
}
