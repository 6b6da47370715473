using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Jobs;

/// <summary>Studies that are not analysed because of a technical fault: every attempt at them failed, and no further one is made by itself.</summary>
internal sealed class GivenUpStudies(Database database) : IWatched
{
    public const string Kind = "study.fault";

    private const string Over = "Every study that was given up has been started again.";

    public async ValueTask<IReadOnlyList<Watched>> LookAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        // The text of an error may hold what stood in a file, so none of it goes into the alarm.
        var (studies, since) = await connection.FirstAsync(
            "select count(*), min(changed_at) from work where state = 'dead' and stage = $1", [Stage.Scoring.Column()], row => (row.GetInt64(0), row.TimeOrNull(1)), stop);
        return [studies > 0
            ? Watched.Troubled(new(Kind, "", AlarmSeverity.Critical,
                $"{(studies == 1 ? "A study is" : $"{studies} studies are")} not analysed because of a technical fault, the oldest since {since?.UtcDateTime:yyyy-MM-dd HH:mm} UTC. " +
                "The study's page and the log say what failed; once that is mended, start it again."), Over)
            : Watched.Well(Kind, "", Over)];
    }
}
