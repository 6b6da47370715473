using System.Text.Json.Nodes;
using TriageWorker.Testing;

namespace TriageWorker.Codecs.Tests;

/// <summary><c>triage-codecs --probe</c> as its caller meets it: a child process and a line of JSON.</summary>
public sealed class ProbeTests : IDisposable
{
    private const string Jpeg2000Lossless = "1.2.840.10008.1.2.4.90", RunLength = "1.2.840.10008.1.2.5";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Where_gdcm_is_installed_the_probe_says_what_it_decodes()
    {
        var report = await ProbeAsync([]);
        ((string?)report["missing"]).ShouldBeNull();
        ((string)report["version"]!).ShouldStartWith("3.");
        report["decodes"]!.AsArray().Select(uid => (string)uid!).ShouldBeUnique();
        report["decodes"]!.AsArray().Select(uid => (string)uid!).ShouldContain(Jpeg2000Lossless);
        report["decodes"]!.AsArray().Select(uid => (string)uid!).ShouldContain(RunLength);
    }

    [Fact]
    public async Task Where_gdcm_is_missing_the_probe_says_what_to_install()
    {
        var report = await ProbeAsync(new() { ["TRIAGE_GDCM"] = _folder.Path });
        ((string)report["missing"]!).ShouldBe($"{_folder.At("gdcm-sharp.dll")} is not there; install libgdcm-cil or set TRIAGE_GDCM to its folder");
        report["decodes"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_no_library_is_said_not_to_load()
    {
        await File.WriteAllTextAsync(_folder.At("gdcm-sharp.dll"), "not a library");
        var report = await ProbeAsync(new() { ["TRIAGE_GDCM"] = _folder.Path });
        ((string)report["missing"]!).ShouldStartWith($"{_folder.At("gdcm-sharp.dll")} does not load: ");
        report["decodes"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Anything_else_is_answered_with_how_it_is_used() =>
        (await RunAsync(["--decode"], [])).Expect(exitCode: 2).Output.ShouldStartWith("Usage: triage-codecs --probe");

    private static async Task<JsonNode> ProbeAsync(Dictionary<string, string> environment) =>
        JsonNode.Parse((await RunAsync(["--probe"], environment)).Expect().Output)!;

    private static Task<ToolResult> RunAsync(string[] arguments, Dictionary<string, string> environment) =>
        ExternalTool.RunAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "triage-codecs.dll"), .. arguments], environment);
}
