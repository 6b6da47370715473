using System.Globalization;
using Microsoft.Extensions.Options;
using TriageWorker.Imaging.Body;
using TriageWorker.Imaging.Decoding;
using TriageWorker.Imaging.Series;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Scoring;

/// <summary>Reads the headers of the images of a study's closed series, wherever they lie, and lets selection choose for a package; what it said of each series is kept.</summary>
public sealed class StudyReader(
    StudyStore studies, GenerationStore generations, SelectionStore selections, FrameDecoder decoder, StudyImages places, IOptions<ScoringRoleOptions> role)
{
    private readonly KnownHeaders _known = new(role.Value.Packages.Count);

    /// <param name="model">The package that is to read it.</param>
    /// <param name="hold">Keeps what is read from other nodes until the study is done with.</param>
    /// <exception cref="IOException">A file of the spool cannot be read: a fault of the world, worth another try.</exception>
    public async Task<StudyReading> ReadAsync(StudyUid study, WarmModel model, ImageHold hold, CancellationToken stop)
    {
        var scorable = await studies.ScorableAsync(study, stop);
        switch (await places.FindAsync(scorable.Instances, hold, stop))
        {
            case ImagesFound.Here(var paths):
                return await ReadAsync(study, model, scorable, paths, stop);
            case ImagesFound.Gone(var because):
                return new StudyReading.Unsuitable(because, scorable.IsClosed);
            case ImagesFound.Away(var node, var count, var because):
                return new StudyReading.Away(node, count, because);
            case var unknown:
                throw new System.Diagnostics.UnreachableException($"{unknown} is nothing we know.");
        }
    }

    /// <summary>Reads the headers of the images that were scored, and of no others. Selection has spoken: what it said is not said again.</summary>
    /// <param name="model">The package that has scored them.</param>
    /// <exception cref="IOException">A file of the spool cannot be read: a fault of the world, worth another try.</exception>
    public async Task<StudyReading> ReadAgainAsync(GenerationRow generation, WarmModel model, ImageHold hold, CancellationToken stop)
    {
        var inputs = await generations.InputsAsync(generation.Id, stop);
        var there = (await studies.InstancesAsync(generation.Study, generation.Series, stop)).ToDictionary(image => (image.Sop.Value, Convert.ToHexStringLower(image.Digest)));
        InstanceRow[] images = [.. inputs.Select(input => there.GetValueOrDefault((input.Sop, input.Digest))).OfType<InstanceRow>()];
        if (images.Length < inputs.Count)
            return new StudyReading.Unsuitable(string.Create(CultureInfo.InvariantCulture, $"of the {inputs.Count} images that were scored {inputs.Count - images.Length} are not here any more."), IsFinal: true);
        switch (await places.FindAsync(images, hold, stop))
        {
            case ImagesFound.Here(var paths):
                var headers = await Task.Run(() => StudyHeaders.Read(paths, role.Value.ImagingThreads, stop), stop);
                var selection = SeriesSelection.Of(headers, model.Needs, decoder.Decodes);
                return selection.Chosen is { } chosen
                    ? new StudyReading.Readable(generation.Series, chosen.Geometry, null, inputs)
                    : new StudyReading.Unsuitable(selection.WhyNone(), IsFinal: true);
            case ImagesFound.Gone(var because):
                return new StudyReading.Unsuitable(because, IsFinal: true);
            case ImagesFound.Away(var node, var count, var because):
                return new StudyReading.Away(node, count, because);
            case var unknown:
                throw new System.Diagnostics.UnreachableException($"{unknown} is nothing we know.");
        }
    }

    private async Task<StudyReading> ReadAsync(StudyUid study, WarmModel model, ScorableImages scorable, IReadOnlyList<string> paths, CancellationToken stop)
    {
        var headers = await Task.Run(() => _known.Of(study, paths, () => StudyHeaders.Read(paths, role.Value.ImagingThreads, stop)), stop);
        var body = new BodyGate(model.Needs, decoder, role.Value.ImagingThreads, stop);
        var selection = await Task.Run(() => SeriesSelection.Of(headers, model.Needs, decoder.Decodes, body.Look), stop);
        await selections.RecordAsync(study, model.Package.Id, [.. selection.Verdicts.Select(Kept), .. scorable.Cut.Select(Kept)], stop);
        if (selection.Chosen is not { } chosen)
            return new StudyReading.Unsuitable(selection.Verdicts.Count == 0 && scorable.Cut.Count > 0 ? $"{Why(scorable.Cut[0])}." : selection.WhyNone(), scorable.IsClosed);

        var byPath = paths.Zip(scorable.Instances).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        return new StudyReading.Readable(
            new SeriesUid(chosen.SeriesUid),
            chosen.Geometry,
            body.ProfileOf(chosen),
            [.. chosen.Geometry.Slices.Select(slice => byPath[slice.Path]).Distinct().Select(image => new GenerationInput(image.Sop.Value, Convert.ToHexStringLower(image.Digest)))]);
    }

    private static Store.SeriesVerdict Kept(Imaging.Series.SeriesVerdict verdict) =>
        new(new SeriesUid(verdict.SeriesUid), verdict.IsChosen, $"{(verdict.IsChosen ? "Chosen" : "Not chosen")}: {verdict.Because}.");

    private static Store.SeriesVerdict Kept(CutSeries series) => new(series.Uid, false, $"Not chosen: {Why(series)}.");

    private static string Why(CutSeries series) =>
        string.Create(CultureInfo.InvariantCulture, $"{series.Missing} images of the series are removed ({series.Because}), and what came later is no series by itself");
}
