using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Jobs;

/// <summary>
/// Studies that are not analysed because of a technical fault: every attempt at them failed, and no further one is made by itself. Those that are decided and lack their
/// five-year risks for such a fault are a lesser trouble.
/// </summary>
internal sealed class GivenUpStudies(Database database) : IWatched
{
    public const string Kind = "study.fault", KindOfRisks = "study.risks";

    private const string Over = "Every study that was given up has been started again.", OverOfRisks = "Every study whose five-year risks were given up has been started again.";

    public async ValueTask<IReadOnlyList<Watched>> LookAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        // The text of an error may hold what stood in a file, so none of it goes into the alarm.
        var (studies, since, risks, sinceOfRisks) = await connection.FirstAsync(
            $"""
            select count(*) filter (where not deferred), min(changed_at) filter (where not deferred), count(*) filter (where deferred), min(changed_at) filter (where deferred)
            from (select changed_at, key like '{DeferredWork.Prefix}%' as deferred from work where state = 'dead' and stage = $1) dead
            """,
            [Stage.Scoring.Column()], row => (row.GetInt64(0), row.TimeOrNull(1), row.GetInt64(2), row.TimeOrNull(3)), stop);
        return [studies > 0
            ? Watched.Troubled(new(Kind, "", AlarmSeverity.Critical,
                $"{(studies == 1 ? "A study is" : $"{studies} studies are")} not analysed because of a technical fault, the oldest since {since?.UtcDateTime:yyyy-MM-dd HH:mm} UTC. " +
                "The study's page and the log say what failed; once that is mended, start it again."), Over)
            : Watched.Well(Kind, "", Over),
            risks > 0
            ? Watched.Troubled(new(KindOfRisks, "", AlarmSeverity.Warning,
                $"{(risks == 1 ? "A study lacks its" : $"{risks} studies lack their")} five-year risks because of a technical fault, the oldest since {sinceOfRisks?.UtcDateTime:yyyy-MM-dd HH:mm} UTC. What was decided stands. " +
                "The study's page and the log say what failed; once that is mended, start it again."), OverOfRisks)
            : Watched.Well(KindOfRisks, "", OverOfRisks)];
    }
}
