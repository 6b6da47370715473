using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>Images of which the database has a row and no spool has the file.</summary>
internal sealed class MissingFiles(SpoolStateStore states) : IWatched
{
    public const string Kind = "spool.missing";

    private const string Over = "Every image that has a row has its file again.";

    public async ValueTask<IReadOnlyList<Watched>> LookAsync(CancellationToken stop)
    {
        var (images, of) = await states.MissingAsync(stop);
        return [images > 0
            ? Watched.Troubled(new(Kind, "", AlarmSeverity.Critical,
                $"The files of {(images == 1 ? "1 image" : $"{images} images")} of {(of == 1 ? "1 study" : $"{of} studies")} are gone from the spool. Their pages say so. Push the studies again, or put the files back and start the process again."), Over)
            : Watched.Well(Kind, "", Over)];
    }
}
