using System.Text.Json;
using TriageWorker.Dicom.Network;
using TriageWorker.Host.Roles;
using TriageWorker.Host.Settings;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Host.Tests.Verbs;

/// <summary>Dead letters and destinations as they are typed, over a database that holds some.</summary>
public sealed class DeadLettersVerbTests(PostgresFixture data) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const string Cause = "delivery/pacs/status-c000";
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Settings => _folder.At("triage.json");

    public async ValueTask InitializeAsync()
    {
        await ExecuteAsync("delete from work; delete from breaker");
        await ConfigureAsync(port: 1);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Without_any_it_says_so()
    {
        (await TypeAsync("dead-letters")).Expect().Output.ShouldContain("No dead letters");
        (await TypeAsync("dead-letters replay --all")).Expect().Output.ShouldContain("Nothing was left to replay");
        (await TypeAsync("dead-letters replay 1.2.3")).Expect().Output.ShouldContain("Nothing was left to replay");
    }

    [Fact]
    public async Task They_are_listed_by_cause_and_replayed_by_the_user_who_types_it()
    {
        var (first, second) = (await DeadAsync(), await DeadAsync());

        var causes = (await TypeAsync("dead-letters")).Expect().Output;
        causes.ShouldContain(Cause);
        causes.ShouldContain("Delivery to pacs: it answers 0xC000 (cannot understand)");
        var letters = (await TypeAsync($"dead-letters list --cause {Cause}")).Expect().Output;
        letters.ShouldContain("2 studies");
        letters.ShouldContain(first.Value);
        using (var json = JsonDocument.Parse((await TypeAsync("dead-letters --json")).Expect().Output))
        {
            json.RootElement.GetProperty("causes")[0].GetProperty("studies").GetInt32().ShouldBe(2);
            json.RootElement.GetProperty("letters").GetArrayLength().ShouldBe(2);
        }

        (await TypeAsync($"dead-letters replay {first}")).Expect().Output.ShouldContain("1 study: 1 step or document is due again.");
        (await TypeAsync($"dead-letters replay {first}")).Expect().Output.ShouldContain("Nothing was left to replay");
        await DeadAsync();
        (await TypeAsync($"dead-letters replay --cause {Cause}")).Expect(ExitCode.Unusable).Output.ShouldContain("2 studies would be replayed, and nobody can be asked here: add --yes.");
        (await TypeAsync($"dead-letters replay --cause {Cause} --yes")).Expect().Output.ShouldContain("2 studies: 2 steps or documents are due again.");
        (await ReadAsync($"select actor from audit where event = 'dead-letter.replayed' and study_uid = '{second}'")).ShouldBe($"user {Environment.UserName} at {Environment.MachineName}");
    }

    [Theory]
    [InlineData("dead-letters replay")]
    [InlineData("dead-letters replay 1.2.3 --all")]
    [InlineData("dead-letters replay --all --cause x")]
    public async Task What_to_replay_has_to_be_said_once(string typed) =>
        (await TypeAsync(typed)).Expect(ExitCode.Unusable).Output.ShouldContain("Say what to replay: one STUDY, or --cause KEY, or --all.");

    [Fact]
    public async Task Destinations_are_listed_with_what_waits_and_why_and_how_they_are_tried()
    {
        await DeadAsync();
        await ExecuteAsync("insert into breaker (lane, state, failures, reason, failed_at, opened_at, probes, probe_at) values ('pacs', 'open', 7, 'nobody listens.', now(), now(), 2, now() + interval '1 hour')");

        var said = (await TypeAsync("destinations")).Expect().Output;

        said.ShouldSatisfyAllConditions(() => said.ShouldContain("PACS at 127.0.0.1:1"), () => said.ShouldContain("down since"), () => said.ShouldContain("nobody listens."),
            () => said.ShouldContain("Up to 500 attempts"), () => said.ShouldContain("it cannot be reached"));
        (await TypeAsync("destinations probe elsewhere")).Expect(ExitCode.Unusable).Output.ShouldContain("The settings name no destination elsewhere; there are: pacs.");
        (await TypeAsync("destinations probe pacs")).Expect(ExitCode.SomeFailed).Output.ShouldContain("pacs does not answer:");
    }

    [Fact]
    public async Task A_probe_that_is_answered_lets_the_next_document_go_at_once()
    {
        await using var pacs = await RunningHost.StartAsync(SettingsSource.DefaultsWith([
            new("Database:ConnectionString", data.ConnectionString), new("Spool:Folder", _folder.At("spool")), new("Spool:MinimumFreeBytes", "0"), new("Intake:Port", "0"), new("Intake:AeTitle", "PACS")]),
            RoleNames.Parse("intake"), LogSettings.From(SettingsSource.DefaultsWith([new("Log:Level", "None")])), new Progress<string>(), Stop);
        await ConfigureAsync(int.Parse(pacs.Addresses[0].Split(" (")[0].Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture));
        await ExecuteAsync("insert into breaker (lane, state, failures, reason, failed_at, opened_at, probes, probe_at) values ('pacs', 'open', 7, 'nobody listens.', now(), now(), 2, now() + interval '1 hour')");

        var said = (await TypeAsync("destinations probe pacs")).Expect().Output;

        said.ShouldContain("pacs answers at PACS at 127.0.0.1:");
        said.ShouldContain("its next document is sent now");
        (await ReadAsync("select (probe_at <= now())::text from breaker")).ShouldBe("true");
        (await ReadAsync("select actor from audit where event = 'breaker.probed'")).ShouldStartWith("user ");
    }

    [Fact]
    public async Task The_settings_that_are_printed_say_how_failing_work_is_tried() =>
        (await TypeAsync("config")).Expect().Output.ShouldSatisfyAllConditions(
            said => said.ShouldContain("Scoring: Up to 3 attempts, 2 s after the first"),
            said => said.ShouldContain("A destination that is down: After 5 failures in a row"));

    private Task<ToolResult> TypeAsync(string typed) => TriageProgram.RunAsync([.. typed.Split(' '), "--config", Settings]);

    private Task ConfigureAsync(int port) => File.WriteAllTextAsync(Settings,
        $$"""
        { "Database": { "ConnectionString": "{{data.ConnectionString}}" }, "Destinations": [ { "Name": "pacs", "Host": "127.0.0.1", "Port": {{port}}, "CalledAe": "PACS" } ] }
        """, Stop);

    // A study with a document that the PACS refused.
    private async Task<StudyUid> DeadAsync()
    {
        var study = SomeStudies.NewStudy();
        await ExecuteAsync(
            $"""
            insert into study (study_uid, caller, idle_time, first_received_at, last_received_at, last_indexed_at, closed_at, accession) values ('{study}', 'CT1', '5 seconds', now(), now(), now(), now(), 'A1');
            insert into decision (id, study_uid, outcome, flag_level, because) values (md5('{study}')::uuid, '{study}', 'not_analysed', 0, 'a test');
            insert into delivery (id, decision_id, study_uid, destination, document, state) values (md5('{study}d')::uuid, md5('{study}')::uuid, '{study}', 'pacs', 'text', 'failed');
            insert into work (stage, key, study_uid, urgency, due_at, state, attempts, lane, last_error, cause, cause_words)
            values ('delivery', (md5('{study}d')::uuid)::text, '{study}', now(), now(), 'dead', 1, 'pacs', 'it answered 0xC000.', 'status-c000', 'it answers 0xC000 (cannot understand)')
            """);
        return study;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await data.Database.OpenAsync(Stop);
        await connection.ExecuteAsync(sql, [], Stop);
    }

    private async Task<string?> ReadAsync(string sql)
    {
        await using var connection = await data.Database.OpenAsync(Stop);
        return await connection.FirstAsync(sql, [], row => row.GetString(0), Stop);
    }
}
