using Microsoft.Extensions.Logging.Abstractions;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Jobs.Tests.Alarms;

/// <summary>What the role watches in the database.</summary>
public sealed class WatchedRowsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tokens_that_wait_for_a_broker_and_studies_that_were_given_up_are_alarms_until_that_is_over()
    {
        var watch = new AlarmWatch([new OutboxBacklog(postgres.Database), new GivenUpStudies(postgres.Database)], postgres.Get<AlarmStore>(), TimeProvider.System,
            NullLogger<AlarmWatch>.Instance);
        await SqlAsync("insert into outbox (queue, message, created_at) values ('triage.scoring', '{}', now() - interval '30 seconds')");
        await watch.LookAsync(Stop);
        (await KindsAsync()).ShouldBeEmpty();

        await SqlAsync("update outbox set created_at = now() - interval '61 seconds'");
        await SqlAsync("insert into study (study_uid, caller, idle_time, first_received_at, last_received_at, last_indexed_at) values ('1.2.3', 'CT1', '5 seconds', now(), now(), now())");
        await SqlAsync("insert into work (stage, key, study_uid, urgency, due_at, state, last_error) values ('scoring', '1.2.3', '1.2.3', now(), now(), 'dead', 'SMITH^ANNA is in this text')");
        await watch.LookAsync(Stop);
        await watch.LookAsync(Stop);

        (await KindsAsync()).ShouldBe([OutboxBacklog.Kind, GivenUpStudies.Kind], ignoreOrder: true);
        var open = await postgres.Get<AlarmStore>().OpenAsync(Stop);
        open.ShouldAllBe(row => row.Times == 1 && !row.Alarm.Sentence.Contains("SMITH", StringComparison.Ordinal) && !row.Alarm.Sentence.Contains("1.2.3", StringComparison.Ordinal));

        await SqlAsync("delete from outbox");
        await SqlAsync("update work set state = 'due'");
        await watch.LookAsync(Stop);
        (await KindsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_study_that_is_decided_and_lacks_its_risks_is_a_lesser_trouble()
    {
        var watch = new AlarmWatch([new GivenUpStudies(postgres.Database)], postgres.Get<AlarmStore>(), TimeProvider.System, NullLogger<AlarmWatch>.Instance);
        await SqlAsync("insert into study (study_uid, caller, idle_time, first_received_at, last_received_at, last_indexed_at) values ('1.2.4', 'CT1', '5 seconds', now(), now(), now())");
        await SqlAsync("insert into work (stage, key, study_uid, urgency, due_at, state) values ('scoring', '1.2.4', '1.2.4', now(), now(), 'done'), ('scoring', 'deferred/' || gen_random_uuid(), '1.2.4', now(), now(), 'dead')");
        await watch.LookAsync(Stop);

        (await KindsAsync()).ShouldBe([GivenUpStudies.KindOfRisks]);
        var alarm = (await postgres.Get<AlarmStore>().OpenAsync(Stop)).Single(row => row.Alarm.Kind == GivenUpStudies.KindOfRisks).Alarm;
        alarm.Severity.ShouldBe(AlarmSeverity.Warning);
        alarm.Sentence.ShouldStartWith("A study lacks its five-year risks because of a technical fault, the oldest since ");
        await SqlAsync("update work set state = 'due' where study_uid = '1.2.4'");
        await watch.LookAsync(Stop);
        (await KindsAsync()).ShouldBeEmpty();
    }

    private async Task<IReadOnlyList<string>> KindsAsync() =>
        [.. (await postgres.Get<AlarmStore>().OpenAsync(Stop)).Select(row => row.Alarm.Kind).Where(kind => kind is OutboxBacklog.Kind or GivenUpStudies.Kind or GivenUpStudies.KindOfRisks)];

    private async Task SqlAsync(string sql)
    {
        await using var connection = await postgres.Database.OpenAsync(Stop);
        await connection.ExecuteAsync(sql, [], Stop);
    }
}
