using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.ML.OnnxRuntime;
using TriageWorker.Bus;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;
using TriageWorker.Phantoms;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Scoring.Tests;

/// <summary>The role as the host composes it.</summary>
public sealed class ScoringRoleTests(ScoringFixture fixture) : IClassFixture<ScoringFixture>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Studies_that_are_due_are_scored_and_a_bad_one_among_them_harms_no_other()
    {
        var (first, bad, last) = (
            await fixture.ArriveAsync(ScoringFixture.SmallPhantom()),
            await fixture.ArriveAsync(ScoringFixture.SmallPhantom(PhantomKind.Localizer)),
            await fixture.ArriveAsync(ScoringFixture.SmallPhantom(slices: 18)));
        using var host = Compose(TinyPackage.Write(_folder.At("package"), threshold: 2));
        await host.StartAsync(Stop);

        foreach (var study in (StudyUid[])[first, bad, last]) await DecidedAsync(study);
        await host.StopAsync(Stop);

        (await fixture.DecisionsAsync(first)).ShouldHaveSingleItem().Outcome.ShouldBe("negative");
        (await fixture.DecisionsAsync(bad)).ShouldHaveSingleItem().Outcome.ShouldBe("not_analysed");
        (await fixture.DecisionsAsync(last)).ShouldHaveSingleItem().Outcome.ShouldBe("negative");
    }

    [Fact]
    public async Task A_package_that_is_not_there_ends_the_start_and_says_so()
    {
        using var host = Compose(_folder.At("absent"));

        (await Should.ThrowAsync<ModelPackageException>(() => host.StartAsync(Stop))).Message.ShouldContain("manifest.json: is not there");
    }

    [Fact]
    public async Task A_policy_for_another_package_ends_the_start_and_says_so()
    {
        await File.WriteAllTextAsync(_folder.At("site-policy.json"), TinyPackage.Policy("merlin", 0), Stop);
        using var host = Compose(TinyPackage.Write(_folder.At("package"), 0), ("Scoring:Packages:0:Policy", _folder.At("site-policy.json")));

        (await Should.ThrowAsync<FormatException>(() => host.StartAsync(Stop))).Message.ShouldContain("is a policy for package merlin; the package is tiny.");
    }

    [Fact]
    public async Task A_policy_over_a_finding_that_the_package_does_not_score_ends_the_start_and_says_so()
    {
        await File.WriteAllTextAsync(_folder.At("site-policy.json"), TinyPackage.Policy("tiny", 0).Replace("DENSE", "DENS", StringComparison.Ordinal), Stop);
        using var host = Compose(TinyPackage.Write(_folder.At("package"), 0), ("Scoring:Packages:0:Policy", _folder.At("site-policy.json")));

        (await Should.ThrowAsync<FormatException>(() => host.StartAsync(Stop))).Message.ShouldContain("approves DENS, which package tiny 1.0.0 does not score.");
    }

    /// <summary>A name is an order: a site that paid for a GPU would not notice for weeks that nothing uses it.</summary>
    [Theory, InlineData("Scoring:Provider"), InlineData("Scoring:Packages:0:Provider")]
    public async Task A_provider_that_the_settings_name_and_this_build_has_not_ends_the_start_and_says_what_there_is(string key)
    {
        Assert.SkipWhen(OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"), "This build has CUDA.");
        using var host = Compose(TinyPackage.Write(_folder.At("package"), 0), (key, "Cuda"));

        (await Should.ThrowAsync<ScoringException>(() => host.StartAsync(Stop))).Message
            .ShouldStartWith("The settings ask for the execution provider Cuda, and this build of ONNX Runtime has CPUExecutionProvider. Leave Provider out to take the fastest that works");
    }

    [Fact]
    public async Task Where_no_provider_is_named_studies_are_scored_on_what_works_and_readiness_and_result_say_on_which()
    {
        var study = await fixture.ArriveAsync(ScoringFixture.SmallPhantom(slices: 19));
        using var host = Compose(TinyPackage.Write(_folder.At("package"), threshold: 2));
        await host.StartAsync(Stop);
        await DecidedAsync(study);
        var model = host.Services.GetRequiredService<WarmModels>().All.ShouldHaveSingleItem();
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "model", Stop);
        await host.StopAsync(Stop);

        health.Entries["model"].Description.ShouldNotBeNull().ShouldStartWith($"tiny 1.0.0 is loaded ({model.Provider}).");
        model.Provider.ShouldMatch(@"^(Cpu|Cuda|TensorRt), ONNX Runtime \d+\.\d+\.\d+$");
        (await fixture.ListAsync("select provider from result join generation on id = generation_id where study_uid = $1", row => row.GetString(0), study.Value)).ShouldBe([model.Provider]);
    }

    [Fact]
    public async Task Settings_out_of_range_end_the_start_with_their_keys()
    {
        using var host = Compose(TinyPackage.Write(_folder.At("package"), 0), ("Scoring:Slots", "0"), ("Scoring:MaxAttempts", "99"));

        var fault = await Should.ThrowAsync<OptionsValidationException>(() => host.StartAsync(Stop));

        fault.Failures.Count().ShouldBe(2);
        fault.Message.ShouldContain("Slots");
        fault.Message.ShouldContain("MaxAttempts");
    }

    private IHost Compose(string package, params (string, string)[] settings)
    {
        var configuration = fixture.Configuration([("Scoring:Packages:0:Folder", package), ("Spool:Folder", fixture.Spool), ("Bus:LookEvery", "00:00:00.05"), .. settings]);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddStore(configuration).AddBus(configuration).AddScoring(configuration);
        return builder.Build();
    }

    private async Task DecidedAsync(StudyUid study)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(Patience);
        await using var connection = await fixture.Database.OpenAsync(patience.Token);
        await connection.ExecuteAsync("listen worklist", [], patience.Token); // before looking: what comes meanwhile is not missed
        while ((await fixture.DecisionsAsync(study)).Count == 0) await connection.WaitAsync(patience.Token);
    }
}
