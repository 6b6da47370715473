using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Store;

namespace TriageWorker.Bus;

/// <summary>Makes due again what a dead process held, and ends associations whose lease ran out. Any number may sweep.</summary>
public sealed partial class Sweeper(Database database, OutboxSignal outbox, IOptions<BusOptions> options, TimeProvider clock, ILogger<Sweeper> log)
    : BackgroundService
{
    /// <summary>What it found lately.</summary>
    public ExpiredLeases Expired { get; } = new(clock);

    /// <returns>How many leases had expired.</returns>
    public async Task<int> SweepAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        // One statement: rows become due and their tokens go out together. A row whose attempts are used up is due too:
        // the next claim of it settles the study (IStageWork.GiveUpAsync), for a dead row alone would be silence.
        var swept = await connection.FirstAsync(
            """
            with expired as materialized (
              select id from work where state = 'leased' and lease_until < now() for update skip locked),
            due as (
              update work set state = 'due', due_at = now(), lease_owner = null, lease_until = null, changed_at = clock_timestamp(),
                last_error = coalesce(last_error, 'the process that worked on it ended or fell silent'),
                cause = coalesce(cause, 'process-ended'), cause_words = coalesce(cause_words, 'the process that worked on it ended or fell silent')
              from expired where work.id = expired.id returning work.stage, work.study_uid),
            tokens as (
              insert into outbox (queue, message)
              select 'triage.' || stage, jsonb_build_object('stage', initcap(stage), 'studyUid', study_uid) from due),
            silent as materialized (
              select id from association where ended_at is null and lease_until < now() for update skip locked),
            lost as (
              update association set ended_at = now(), ending = 'lost' from silent where association.id = silent.id
              returning association.id, calling_ae, objects),
            told as (
              insert into audit (actor, event, detail)
              select 'sweeper', 'association.ended', jsonb_build_object('association', id, 'caller', calling_ae, 'ending', 'lost', 'objects', objects) from lost)
            select (select count(*) from due)::integer, (select count(*) from lost)::integer
            """,
            [], row => new { Due = row.GetInt32(0), Lost = row.GetInt32(1) }, stop);
        if (swept!.Due > 0) outbox.Wake();
        BusTelemetry.Expired.Add(swept.Due);
        Expired.Add(swept.Due);
        if (swept.Due + swept.Lost > 0) LogSwept(swept.Due, swept.Lost);
        return swept.Due;
    }

    [SuppressMessage("Design", "CA1031", Justification = "The outermost loop: a process that sweeps no more would still claim.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SweepEvery, clock);
        var away = false;
        do
        {
            try
            {
                await SweepAsync(stoppingToken);
                if (away) LogBack();
                away = false;
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                if (!away) LogAway(error.Message, error is NpgsqlException ? null : error);
                away = true;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(4010, LogLevel.Warning, "{Due} expired leases are due again; {Lost} associations ended as lost")]
    private partial void LogSwept(int due, int lost);

    [LoggerMessage(4011, LogLevel.Warning, "The sweeper cannot reach the database; it keeps trying: {Reason}")]
    private partial void LogAway(string reason, Exception? ownFault);

    [LoggerMessage(4013, LogLevel.Information, "The sweeper reaches the database again")]
    private partial void LogBack();
}
