using Microsoft.Extensions.Options;
using TriageWorker.Imaging.Body;
using TriageWorker.Imaging.Decoding;
using TriageWorker.Imaging.Series;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Scoring;

/// <summary>Reads the headers of the images of a study's closed series in the spool and lets selection choose; what it said of each series is kept.</summary>
public sealed class StudyReader(
    StudyStore studies, SelectionStore selections, WarmModel model, FrameDecoder decoder, IOptions<SpoolOptions> spool, IOptions<ScoringRoleOptions> role)
{
    /// <exception cref="IOException">A file of the spool cannot be read: a fault of the world, worth another try.</exception>
    public async Task<StudyReading> ReadAsync(StudyUid study, CancellationToken stop)
    {
        var (isClosed, images) = await studies.ScorableAsync(study, stop);
        string[] paths = [.. images.Select(image => Path.Combine(spool.Value.Folder, image.Path))];
        var headers = await Task.Run(() => StudyHeaders.Read(paths, role.Value.ImagingThreads, stop), stop);
        var body = new BodyGate(model.Needs, decoder, role.Value.ImagingThreads, stop);
        var selection = await Task.Run(() => SeriesSelection.Of(headers, model.Needs, decoder.Decodes, body.Look), stop);
        await selections.RecordAsync(study, model.Package.Id, [.. selection.Verdicts.Select(Kept)], stop);
        if (selection.Chosen is not { } chosen) return new StudyReading.Unsuitable(selection.WhyNone(), isClosed);

        var byPath = paths.Zip(images).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        return new StudyReading.Readable(
            new SeriesUid(chosen.SeriesUid),
            chosen.Geometry,
            body.ProfileOf(chosen),
            [.. chosen.Geometry.Slices.Select(slice => byPath[slice.Path]).Distinct().Select(image => new GenerationInput(image.Sop.Value, Convert.ToHexStringLower(image.Digest)))]);
    }

    private static Store.SeriesVerdict Kept(Imaging.Series.SeriesVerdict verdict) =>
        new(new SeriesUid(verdict.SeriesUid), verdict.IsChosen, $"{(verdict.IsChosen ? "Chosen" : "Not chosen")}: {verdict.Because}.");
}
