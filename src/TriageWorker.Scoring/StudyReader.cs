using Microsoft.Extensions.Options;
using TriageWorker.Imaging.Body;
using TriageWorker.Imaging.Decoding;
using TriageWorker.Imaging.Series;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Scoring;

/// <summary>Reads the headers of the images of a study's closed series, wherever they lie, and lets selection choose; what it said of each series is kept.</summary>
public sealed class StudyReader(
    StudyStore studies, SelectionStore selections, WarmModel model, FrameDecoder decoder, StudyImages places, IOptions<ScoringRoleOptions> role)
{
    /// <param name="hold">Keeps what is read from other nodes until the study is done with.</param>
    /// <exception cref="IOException">A file of the spool cannot be read: a fault of the world, worth another try.</exception>
    public async Task<StudyReading> ReadAsync(StudyUid study, ImageHold hold, CancellationToken stop)
    {
        var (isClosed, images) = await studies.ScorableAsync(study, stop);
        switch (await places.FindAsync(images, hold, stop))
        {
            case ImagesFound.Here(var paths):
                return await ReadAsync(study, isClosed, images, paths, stop);
            case ImagesFound.Gone(var because):
                return new StudyReading.Unsuitable(because, isClosed);
            case ImagesFound.Away(var node, var count, var because):
                return new StudyReading.Away(node, count, because);
            case var unknown:
                throw new System.Diagnostics.UnreachableException($"{unknown} is nothing we know.");
        }
    }

    private async Task<StudyReading> ReadAsync(StudyUid study, bool isClosed, List<InstanceRow> images, IReadOnlyList<string> paths, CancellationToken stop)
    {
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
