using TriageWorker.Models.Packages;
using TriageWorker.Models.Prompts;
using TriageWorker.Store;

namespace TriageWorker.Host.Prompts;

/// <summary>One finding's trial and the studies to name of it.</summary>
internal sealed record TriedFinding(PromptTrial Trial, StudyList Flagged, StudyList Changed);

/// <param name="Read">Packages whose vectors were compared: they have the weights and the input of the package whose sentences are tried.</param>
/// <param name="LeftOut">Packages whose vectors were not: sentences of other weights say nothing of them.</param>
internal sealed record PromptTestResult(IReadOnlyList<EmbeddingSource> Read, IReadOnlyList<EmbeddingSource> LeftOut, long Studies);

/// <summary>Tries sentences over the image vectors that are kept. Of any number of studies, a page and a few are in memory.</summary>
internal sealed class PromptTest(EmbeddingStore store, ModelPackage package, IReadOnlyList<TriedFinding> findings, StudyTable table)
{
    /// <param name="expected">Told how many vectors there are at most.</param>
    /// <param name="done">Told how many more are compared.</param>
    public async Task<PromptTestResult> RunAsync(Action<long> expected, Action<int> done, CancellationToken stop)
    {
        var sources = await store.SourcesAsync(stop);
        var ours = sources.Where(source => source.Space == package.Space).ToList();
        expected(ours.Sum(source => source.Vectors));
        var studies = 0L;
        if (ours.Count > 0)
        {
            table.Begin();
            await foreach (var page in store.PagesAsync([.. ours.Select(source => source.Id)], stop))
            {
                foreach (var vector in page)
                    foreach (var finding in findings) Try(finding, vector);
                studies += page.Count;
                done(page.Count);
            }
        }

        return new PromptTestResult(ours, [.. sources.Except(ours)], studies);
    }

    private void Try(TriedFinding finding, StoredVector vector)
    {
        var study = new TriedStudy(vector.Study, finding.Trial.Add(vector.Contrastive));
        if (study.Said.IsFlagged) finding.Flagged.Add(study, study.Said.Score);
        if (study.Said.ChangesSide) finding.Changed.Add(study, Math.Abs(study.Said.Score - finding.Trial.Threshold));
        table.Add(finding.Trial, study);
    }
}
