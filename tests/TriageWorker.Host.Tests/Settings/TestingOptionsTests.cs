using Microsoft.Extensions.DependencyInjection;
using TriageWorker.Host.Roles;
using TriageWorker.Host.Settings;
using TriageWorker.Store;

namespace TriageWorker.Host.Tests.Settings;

[Collection(typeof(EnvironmentTests))]
public sealed class TestingOptionsTests
{
    private static readonly KeyValuePair<string, string?> HourFast = new("Testing:ClockOffset", "01:00:00");

    [Fact]
    public void A_clock_that_is_wrong_on_purpose_is_refused_where_no_test_runs()
    {
        var fault = EffectiveSettings.Faults(SettingsSource.DefaultsWith([HourFast])).ShouldHaveSingleItem();
        fault.ShouldStartWith("Testing:ClockOffset: ");
        fault.ShouldContain("remove it");
    }

    [Fact]
    public void In_a_test_the_process_has_the_wrong_clock_and_its_timers_go_on()
    {
        Environment.SetEnvironmentVariable(TestingOptions.Variable, "1");
        try
        {
            EffectiveSettings.Faults(SettingsSource.DefaultsWith([HourFast])).ShouldBeEmpty();
            var clock = ClockOf(HourFast);
            (clock.GetUtcNow() - TimeProvider.System.GetUtcNow()).ShouldBe(TimeSpan.FromHours(1), TimeSpan.FromMinutes(1));
            (clock.GetTimestamp() - TimeProvider.System.GetTimestamp()).ShouldBeLessThan(clock.TimestampFrequency * 60);
        }
        finally
        {
            Environment.SetEnvironmentVariable(TestingOptions.Variable, null);
        }
    }

    [Fact]
    public void A_process_that_is_to_kill_itself_is_refused_where_no_test_runs()
    {
        var fault = EffectiveSettings.Faults(SettingsSource.DefaultsWith([new("Testing:KillAt", FailPoint.Synced)])).ShouldHaveSingleItem();
        fault.ShouldStartWith("Testing:KillAt: ");
        fault.ShouldContain("remove it");
    }

    [Fact]
    public void In_a_test_only_a_point_that_there_is_can_be_named()
    {
        Environment.SetEnvironmentVariable(TestingOptions.Variable, "1");
        try
        {
            EffectiveSettings.Faults(SettingsSource.DefaultsWith([new("Testing:KillAt", FailPoint.Synced)])).ShouldBeEmpty();
            EffectiveSettings.Faults(SettingsSource.DefaultsWith([new("Testing:KillAt", "lunch")])).ShouldHaveSingleItem().ShouldContain(FailPoint.Committed);
        }
        finally
        {
            Environment.SetEnvironmentVariable(TestingOptions.Variable, null);
        }
    }

    [Fact]
    public void Without_the_setting_it_is_the_machines_clock() => ClockOf(new("Site:TimeZone", "")).ShouldBeSameAs(TimeProvider.System);

    private static TimeProvider ClockOf(KeyValuePair<string, string?> setting)
    {
        using var host = TriageHost.Build(SettingsSource.DefaultsWith([setting]), RoleNames.Parse("jobs"), _ => { });
        return host.Services.GetRequiredService<TimeProvider>();
    }
}
