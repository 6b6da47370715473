using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Bus.Tests;

public sealed class ExpiredLeasesTests
{
    private readonly DrivenTime _time = new();

    [Theory]
    [InlineData(new[] { 8 }, false)] // one process with many slots was stopped
    [InlineData(new[] { 2, 2 }, false)]
    [InlineData(new[] { 3, 0, 2 }, true)]
    [InlineData(new[] { 1, 1, 1, 1, 1 }, true)]
    public async Task Leases_that_run_out_again_and_again_are_an_alarm_and_a_stopped_process_is_none(int[] sweeps, bool isAlarm)
    {
        var leases = new ExpiredLeases(_time);
        foreach (var expired in sweeps)
        {
            leases.Add(expired);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        (await TroubleAsync(leases) is not null).ShouldBe(isAlarm);

        _time.Advance(TimeSpan.FromMinutes(11));
        (await TroubleAsync(leases)).ShouldBeNull();
    }

    private static async Task<Alarm?> TroubleAsync(ExpiredLeases leases) => (await leases.LookAsync(TestContext.Current.CancellationToken)).ShouldHaveSingleItem().Trouble;
}
