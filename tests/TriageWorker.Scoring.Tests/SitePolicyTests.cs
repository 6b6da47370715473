using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TriageWorker.Bus;
using TriageWorker.Models.Packages;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Scoring.Tests;

/// <summary>A site's policy outside of the package, and what becomes of its thresholds when the package gives other scores.</summary>
public sealed class SitePolicyTests(ScoringFixture fixture) : IClassFixture<ScoringFixture>, IDisposable
{
    private const double AlwaysFires = -2;
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_threshold_that_was_approved_for_other_scores_flags_nothing_and_is_said_everywhere()
    {
        using var host = Compose("0123456789abcdef");
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        using var role = fixture.Role([Package], policy: Policy);
        await role.RunAsync(study);

        (await fixture.DecisionsAsync(study)).ShouldHaveSingleItem().ShouldBe(("not_analysed", "Not analysed because the model has changed since thresholds were approved for dense volume.", true));
        (await fixture.CountAsync("result", study)).ShouldBe(1, "its scores are kept");
        (await fixture.ListAsync("select approved::text from decision where study_uid = $1", row => row.GetString(0), study.Value)).ShouldBe(["[]"]);
        var health = await HealthAsync(host);
        health.Status.ShouldBe(HealthStatus.Degraded);
        health.Description.ShouldNotBeNull().ShouldContain($"{Policy} approves thresholds for other scores than tiny 1.0.0 gives: other sentences, weights or input. DENSE raises nothing until approved anew");
        health.Description.ShouldContain($"triage models show {Package} prints");
        await LookAsync(host);
        (await AlarmsAsync()).ShouldHaveSingleItem().ShouldContain("DENSE raises nothing");

        using var mended = Compose(FindingDigest.All(ModelPackage.Load(Package))["DENSE"]);
        (await HealthAsync(mended)).Status.ShouldBe(HealthStatus.Healthy);
        await LookAsync(mended);
        (await AlarmsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_threshold_that_was_approved_for_these_scores_decides_and_the_decision_keeps_for_which()
    {
        var digest = FindingDigest.All(ModelPackage.Load(Package))["DENSE"];
        using var host = Compose(digest);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        using var role = fixture.Role([Package], policy: Policy);
        await role.RunAsync(study);

        (await fixture.DecisionsAsync(study)).ShouldHaveSingleItem().Outcome.ShouldBe("positive");
        (await fixture.ListAsync("select approved->0->>'approvedFor' from decision where study_uid = $1", row => row.GetString(0), study.Value)).ShouldBe([digest]);
        (await HealthAsync(host)).ShouldSatisfyAllConditions(health => health.Status.ShouldBe(HealthStatus.Healthy), health => health.Description.ShouldNotBeNull().ShouldNotContain("approvedFor"));
    }

    [Fact]
    public async Task A_policy_that_does_not_say_for_which_scores_is_used_and_told()
    {
        using var host = Compose(approvedFor: null);
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom());
        using var role = fixture.Role([Package], policy: Policy);
        await role.RunAsync(study);

        (await fixture.DecisionsAsync(study)).ShouldHaveSingleItem().Outcome.ShouldBe("positive");
        var health = await HealthAsync(host);
        health.Status.ShouldBe(HealthStatus.Healthy);
        health.Description.ShouldNotBeNull().ShouldContain($"{Policy} does not say for which scores it approves DENSE");
    }

    private string Package => field ??= TinyPackage.Write(_folder.At("package"), threshold: null);

    private string Policy => _folder.At("site-policy.json");

    private IHost Compose(string? approvedFor)
    {
        File.WriteAllText(Policy, TinyPackage.Policy("tiny", AlwaysFires, approvedFor));
        var configuration = fixture.Configuration([("Scoring:Packages:0:Folder", Package), ("Scoring:Packages:0:Policy", Policy), ("Spool:Folder", fixture.Spool)]);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddStore(configuration).AddBus(configuration).AddScoring(configuration);
        return builder.Build();
    }

    private static async Task<HealthReportEntry> HealthAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "model", Stop)).Entries.ShouldHaveSingleItem().Value;

    private Task LookAsync(IHost host) =>
        new AlarmWatch(host.Services.GetServices<IWatched>().Where(watched => watched.GetType().Name == "StalePolicies"), fixture.Get<AlarmStore>(), TimeProvider.System, NullLogger<AlarmWatch>.Instance).LookAsync(Stop);

    private async Task<List<string>> AlarmsAsync() =>
        await fixture.ListAsync("select sentence from alarm where kind = 'policy.stale' and subject = 'tiny' and severity = 'critical' and cleared_at is null", row => row.GetString(0));
}
