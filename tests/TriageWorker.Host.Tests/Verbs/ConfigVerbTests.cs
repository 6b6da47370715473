using System.Text.Json;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Verbs;

public sealed class ConfigVerbTests : IDisposable
{
    private const string Faulty = """{ "Intake": { "Prot": 1, "Port": 70000 }, "Alarms": { "Webhooks": [ { "Name": "pager", "Url": "https://chat.example/hooks/hunter2", "Headers": { "X-Key": "hunter2" } } ] } }""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Show_as_JSON_says_value_and_origin_of_each_key_and_no_secret()
    {
        var shown = (await RunAsync(Faulty, "show", "--changed", "--json")).Expect();

        var settings = JsonDocument.Parse(shown.Output).RootElement.EnumerateArray().ToDictionary(setting => setting.GetProperty("key").GetString()!, setting => setting);
        settings["Intake:Port"].GetProperty("value").GetString().ShouldBe("70000");
        settings["Intake:Port"].GetProperty("from").GetString().ShouldBe("triage.json");
        settings["Alarms:Webhooks:0:Url"].GetProperty("value").GetString().ShouldStartWith("https://chat.example/");
        settings.ShouldNotContainKey("Web:Port");
        shown.Output.ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task Check_tells_every_fault_at_once_and_its_exit_code_says_so()
    {
        var faulty = (await RunAsync(Faulty, "check")).Expect(exitCode: 2);
        faulty.Output.ShouldContain("✗ Intake:Prot: is no setting");
        faulty.Output.ShouldContain("✗ Intake:Port: ");
        faulty.Output.ShouldContain("2 faults.");
        faulty.Output.ShouldNotContain("hunter2");

        (await RunAsync("{}", "check")).Expect().Output.ShouldContain("The settings are valid.");
        (await RunAsync("""{ "Scoring": { "Packages": [ { "Policy": "/no/such/policy.json" } ] } }""", "check")).Expect(exitCode: 2).Output.ShouldContain("✗ Scoring:Packages:0:Policy: /no/such/policy.json is not there.");
        var moved = (await RunAsync("""{ "Scoring": { "Package": "onnx/merlin" } }""", "check")).Expect(exitCode: 2).Output;
        moved.ShouldContain("✗ Scoring:Package: is a list now");
        moved.ShouldContain("TRIAGE__Scoring__Packages__0__Folder=onnx/merlin");
    }

    [Fact]
    public async Task Without_a_word_it_shows_and_checks()
    {
        var both = await RunAsync(Faulty, "--changed");
        both.ExitCode.ShouldBe(2);
        both.Output.ShouldContain("triage.json");
        both.Output.ShouldContain("2 faults.");
    }

    [Fact]
    public async Task The_schema_is_printed_as_JSON()
    {
        var schema = (await TriageProgram.RunAsync("config", "schema")).Expect().Output;
        JsonDocument.Parse(schema).RootElement.GetProperty("properties").GetProperty("Alarms").GetProperty("description").GetString().ShouldNotBeNull().ShouldContain("who is told");
    }

    [Fact]
    public async Task Alarms_without_a_channel_say_that_nobody_is_told()
    {
        var file = Write("{}");
        var said = await TriageProgram.RunAsync("alarms", "test", "--config", file);
        said.ExitCode.ShouldBe(2);
        said.Output.ShouldContain("nobody is told of alarms");
    }

    [Fact]
    public async Task Alarms_test_says_what_each_channel_answered()
    {
        var file = Write($$"""{ "Alarms": { "Webhooks": [ { "Name": "pager", "Url": "http://127.0.0.1:{{Loopback.FreePort()}}/x" } ] } }""");
        var said = (await TriageProgram.RunAsync("alarms", "test", "--config", file)).Expect(exitCode: 1);
        said.Output.ShouldContain("✗ pager: ");
        said.Output.ShouldContain("0 of 1 channels took the test.");
    }

    private Task<ToolResult> RunAsync(string settings, params string[] arguments) => TriageProgram.RunAsync(["config", .. arguments, "--config", Write(settings)]);

    private string Write(string settings)
    {
        File.WriteAllText(_folder.At("triage.json"), settings);
        return _folder.At("triage.json");
    }
}
