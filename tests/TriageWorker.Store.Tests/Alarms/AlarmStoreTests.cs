using TriageWorker.Testing;

namespace TriageWorker.Store.Tests.Alarms;

public sealed class AlarmStoreTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Trouble_that_lasts_is_one_row_that_counts_and_once_over_may_come_again()
    {
        var alarms = fixture.Get<AlarmStore>();
        var alarm = new Alarm("test.trouble", Guid.NewGuid().ToString(), AlarmSeverity.Warning, "It does not answer.");

        (await alarms.SetAsync(alarm, Stop)).ShouldBeTrue();
        (await alarms.SetAsync(alarm with { Severity = AlarmSeverity.Critical, Sentence = "It is gone." }, Stop)).ShouldBeFalse();
        (await alarms.SetAsync(alarm, Stop)).ShouldBeFalse();

        var row = (await alarms.OpenAsync(Stop)).Where(row => row.Alarm.Subject == alarm.Subject).ShouldHaveSingleItem();
        row.Times.ShouldBe(3);
        row.Alarm.Severity.ShouldBe(AlarmSeverity.Critical, "it does not become harmless by being told again");
        (await alarms.ClearAsync(alarm.Kind, alarm.Subject, "It answers.", Stop)).ShouldBeTrue();
        (await alarms.ClearAsync(alarm.Kind, alarm.Subject, "It answers.", Stop)).ShouldBeFalse();
        (await alarms.SetAsync(alarm, Stop)).ShouldBeTrue();

        (await alarms.NewestAsync(100, Stop)).Where(row => row.Alarm.Subject == alarm.Subject).Select(row => row.ClearedBecause).ShouldBe([null, "It answers."]);
        (await fixture.CountAsync("audit where event = 'alarm.raised' and detail->>'subject' = $1", alarm.Subject)).ShouldBe(2);
        (await fixture.CountAsync("audit where event = 'alarm.cleared' and detail->>'subject' = $1", alarm.Subject)).ShouldBe(1);
    }
}

