using System.Net;
using TriageWorker.Phantoms;
using TriageWorker.Testing;

namespace TriageWorker.EndToEnd;

/// <summary>What operators see: the metrics of running processes, held against the document that lists them.</summary>
public sealed class MetricsTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task Every_metric_of_running_processes_is_documented_and_every_documented_one_is_exported()
    {
        await using var shared = await SharedDatabase.CreateAsync(server);
        await shared.ExecuteAsync("insert into alarm (kind, severity, sentence) values ('test.trouble', 'warning', 'Nothing is wrong.')");
        using var images = new TemporaryFolder();
        await using var archive = await StoreScp.StartAsync(Directory.CreateDirectory(images.At("archive")).FullName);
        // Nobody takes traces here: work must not notice.
        (string, string)[] settings = [.. shared.Settings, ("Telemetry:Otlp:Endpoint", $"http://127.0.0.1:{Loopback.FreePort()}"),
            ("Alarms:Webhooks:0:Name", "pager"), ("Alarms:Webhooks:0:Url", $"http://127.0.0.1:{Loopback.FreePort()}/"),
            ("Destinations:0:Name", "own-store"), ("Destinations:0:Kind", "OwnStore"), ("Destinations:0:Demonstration", "true"),
            ("Destinations:1:Name", "archive"), ("Destinations:1:Host", "127.0.0.1"), ("Destinations:1:Port", $"{archive.Port}"), ("Destinations:1:CalledAe", "ARCHIVE"), ("Destinations:1:Results", "false"),
            ("Intake:Callers:0:AeTitle", "*"), ("Intake:Callers:0:Forward:0", "archive")];
        await using var receiving = await AnsweringProcess.StartAsync("intake,scoring,jobs", settings);
        PhantomDicom.Write(Phantom.Draw(MainJob.Small(seed: 501)), images.At("study"));
        await receiving.PushFolderAsync(images.At("study"));
        await shared.UntilAsync("exists (select 1 from delivery)", () => receiving.Log);
        var before = await MetricsAsync(receiving, until: "triage_delivery_waiting{");

        await using var delivering = await AnsweringProcess.StartAsync("delivery", settings);
        await shared.UntilAsync("not exists (select 1 from delivery where state <> 'delivered') and not exists (select 1 from forward_round where state <> 'delivered')", () => delivering.Log);
        var after = await MetricsAsync(delivering, until: "triage_study_delivery_duration_seconds_count");

        var exported = Exposition.Read(before).Concat(Exposition.Read(after)).Where(metric => metric.Name != "target_info" && !metric.Name.StartsWith("dotnet_", StringComparison.Ordinal))
            .GroupBy(metric => metric.Name).Select(same => same.First() with { Labels = same.SelectMany(metric => metric.Labels).ToHashSet() });
        exported.Select(metric => metric.ToString()).ShouldBe(Exposition.Documented().Select(metric => metric.ToString()), ignoreOrder: true);
        before.ShouldContain("triage_alarm_open{kind=\"test.trouble\",severity=\"warning\"} 1");
        before.ShouldContain("triage_intake_objects_total{answer=\"kept\"} 64");
        await receiving.StopAsync();
        receiving.Log.ShouldContain("does not take traces");
    }

    // Figures of the database are ten seconds old at most.
    private static async Task<string> MetricsAsync(AnsweringProcess process, string until)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            var (status, text) = await process.GetAsync("metrics");
            status.ShouldBe(HttpStatusCode.OK);
            if (text.Contains(until, StringComparison.Ordinal) && text.Contains("triage_health_status{", StringComparison.Ordinal)) return text;
            if (patience.IsCancellationRequested) throw new TimeoutException($"{until} never came:\n{text}");
            await Task.Delay(500);
        }
    }
}
