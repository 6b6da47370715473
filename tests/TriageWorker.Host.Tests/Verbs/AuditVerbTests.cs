using System.Text.Json;
using Npgsql;
using TriageWorker.Host.Roles;
using TriageWorker.Host.Settings;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Verbs;

/// <summary><c>triage audit</c> as it is typed, on a server of the site's own and on the embedded one.</summary>
[Collection(typeof(HorizonTests))]
public sealed class AuditVerbTests(PostgresServer server) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_sealed_verifies_and_what_was_tampered_with_is_named_with_exit_code_1()
    {
        var database = await server.CreateDatabaseAsync();
        var config = await OwnServerAsync(database);
        (await AuditAsync("seal", config)).Expect().Output.ShouldContain("2 rows sealed; the newest is seal 2 of epoch 1 with hash ");

        (await AuditAsync("verify", config)).Expect().Output.ShouldSatisfyAllConditions(
            said => said.ShouldContain("verifying: about 2 …"),
            said => said.ShouldContain("2 rows, 2 seals, the newest is seal 2 of epoch 1 with hash "),
            said => said.ShouldContain($"Compared with 1 heads in {_folder.At("heads.jsonl")}."),
            said => said.ShouldContain("The ledger is what was sealed."));

        await ExecuteAsync(database, "alter table audit disable trigger all; update audit set actor = 'x' where event = 'installation.named'");
        var tampered = (await AuditAsync("verify", config)).Expect(exitCode: 1).Output;
        tampered.ShouldContain("Changed after they were sealed: id 1, under seal 1 ");
        tampered.ShouldContain("1 fault.");
    }

    [Fact]
    public async Task A_tail_cut_with_its_seals_is_named_by_the_head_file_and_only_by_it()
    {
        var database = await server.CreateDatabaseAsync();
        var config = await OwnServerAsync(database);
        await AuditAsync("seal", config);
        await ExecuteAsync(database, "alter table audit disable trigger all; alter table audit_seal disable trigger all; delete from audit where event = 'epoch.opened'; delete from audit_seal where seq = 2");

        (await AuditAsync("verify", config)).Expect(exitCode: 1).Output.ShouldContain("✗ The tail was cut: the head file names seal 2 ");
        (await AuditAsync("verify", config, "--without-head")).Expect().Output.ShouldContain("Not compared with a head file");
        File.Move(_folder.At("heads.jsonl"), _folder.At("moved.jsonl"));
        (await AuditAsync("verify", config)).Expect(exitCode: 1).Output.ShouldContain("heads.jsonl is not there, so a cut tail would go unnoticed");
        (await AuditAsync("verify", config, "--head", _folder.At("moved.jsonl"))).Expect(exitCode: 1).Output.ShouldContain("The tail was cut");
        (await AuditAsync("verify", config, "--head", _folder.At("nowhere"))).Expect(exitCode: 2).Output.ShouldContain("nowhere is not there");
    }

    [Fact]
    public async Task An_export_goes_to_a_new_file_or_the_output_stream_and_nothing_else_does()
    {
        var config = await OwnServerAsync(await server.CreateDatabaseAsync());
        await AuditAsync("seal", config);

        (await AuditAsync("export", config, "--out", _folder.At("export.jsonl"))).Expect().Output.ShouldContain("2 rows exported to ");
        (await AuditAsync("export", config, "--out", _folder.At("export.jsonl"))).Expect(exitCode: 2).Output.ShouldContain("already exists");
        (await ExternalTool.RunAsync("sh", ["-c", "dotnet \"$@\" 2>/dev/null", "sh", TriageProgram.Path, "audit", "export", "--config", config], TriageProgram.Environment)).Expect().Output
            .ShouldBe(await File.ReadAllTextAsync(_folder.At("export.jsonl"), Stop));
        foreach (var line in await File.ReadAllLinesAsync(_folder.At("export.jsonl"), Stop)) JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString().ShouldBeOneOf("row", "seal");
        (await AuditAsync("export", config, "--from", "yesterday")).Output.ShouldContain("'yesterday' is no time such as 2026-01-31");
    }

    [Fact]
    public async Task A_database_that_cannot_be_used_is_told_in_a_sentence()
    {
        var away = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync(empty: true));
        (await AuditAsync("verify", await OwnServerAsync(away.ConnectionString))).Expect(exitCode: 2).Output.ShouldContain("The database's schema lacks 0001_first_tables.sql");
        away.Port = Loopback.FreePort();
        (await AuditAsync("verify", await OwnServerAsync(away.ConnectionString))).Expect(exitCode: 2).Output.ShouldContain("The database does not answer: ");
        (await AuditAsync("verify", await OwnServerAsync("Hots=db"))).Expect(exitCode: 2).Output.ShouldContain("Database:ConnectionString is no connection string");
        (await AuditAsync("verify", await EmbeddedAsync())).Expect(exitCode: 2).Output.ShouldContain($"The embedded database in {_folder.At("postgres")} has never been started");
    }

    [Fact]
    public async Task The_embedded_server_is_joined_while_the_product_runs_and_started_for_the_verb_when_it_does_not()
    {
        var config = await EmbeddedAsync();
        await using (await RunningHost.StartAsync(SettingsSource.Load(new FileInfo(config)), RoleNames.Parse("jobs"), _ => { }, new Progress<string>(), Stop))
            (await AuditAsync("verify", config, "--without-head")).Expect().Output.ShouldContain("The ledger is what was sealed.");

        (await AuditAsync("verify", config)).Expect().Output.ShouldContain("heads.jsonl."); // sealed and told with the stop
        File.Exists(_folder.At("postgres", "data", "postmaster.pid")).ShouldBeFalse();
    }

    private static Task<ToolResult> AuditAsync(string verb, string config, params string[] more) => TriageProgram.RunAsync(["audit", verb, "--config", config, .. more]);

    private Task<string> OwnServerAsync(string connectionString) => ConfigAsync(new { ConnectionString = connectionString });

    private Task<string> EmbeddedAsync() => ConfigAsync(new { Embedded = new { Data = _folder.At("postgres"), Reachable = _folder.At("reachable") } });

    private async Task<string> ConfigAsync(object database)
    {
        var path = _folder.At("triage.json");
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(new { Database = database, Audit = new { HeadFile = _folder.At("heads.jsonl") }, Spool = new { Folder = _folder.At("spool") } }), Stop);
        return path;
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(Stop);
        await connection.ExecuteAsync(sql, [], Stop);
    }
}
