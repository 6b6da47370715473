using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Verbs;

/// <summary><c>./triage test</c>: its words, and what <c>--long</c> does to a test program. No test runs every test.</summary>
[Collection(typeof(EnvironmentTests))]
public sealed class TestVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_help_says_what_long_means() =>
        (await TriageTestAsync("--long", "--help")).Expect().Output.ShouldContain("--long   all cases");

    [Theory, InlineData("--lang"), InlineData("-l")]
    public async Task An_option_that_is_none_is_refused_by_its_name(string option)
    {
        var refused = await TriageTestAsync("--long", option);
        refused.ExitCode.ShouldNotBe(0);
        refused.Output.ShouldContain($"'{option}' is not an option of test.");
    }

    [Fact]
    public async Task A_second_filter_is_refused() => (await TriageTestAsync("Dicom", "--long", "Store")).Output.ShouldContain("One filter at a time");

    [Theory, InlineData(true), InlineData(false)]
    public async Task Long_reaches_the_test_programs_and_nothing_else_does(bool isLong)
    {
        var program = _folder.At("tests", "Probe", "bin", "Release", "net10.0", "Probe");
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        await File.WriteAllTextAsync(program, """
            #!/usr/bin/env bash
            printf '{"results":{"summary":{"passed":%s,"failed":0,"skipped":%s,"other":0,"pending":0},"tests":[]}}' \
              "$([[ ${TRIAGE_LONG:-} == 1 ]] && echo 7 || echo 1)" "$#" >artifacts/tests/Probe.json
            """, TestContext.Current.CancellationToken);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string[] options = isLong ? ["--long"] : [];
        var environment = new Dictionary<string, string> { ["TRIAGE_LONG"] = "" };
        var script = $"cd '{_folder.Path}' && exec node '{Repository.At("ops", "test", "run-tests.mjs")}' \"$@\"";

        var said = (await ExternalTool.RunAsync("bash", ["-c", script, "run", .. options, "", "Probe"], environment)).Expect().Output;

        said.ShouldContain(isLong ? "7 passed, 0 failed, 6 skipped" : "1 passed, 0 failed, 6 skipped"); // six arguments: no filter among them
    }

    [Fact]
    public async Task Chaos_reaches_the_test_programs_and_its_figures_reach_the_terminal()
    {
        var program = _folder.At("tests", "Probe", "bin", "Release", "net10.0", "Probe");
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        await File.WriteAllTextAsync(program, """
            #!/usr/bin/env bash
            echo "# studies ${TRIAGE_CHAOS:-0}"
            printf '{"results":{"summary":{"passed":1,"failed":0,"skipped":0,"other":0,"pending":0},"tests":[]}}' >artifacts/tests/Probe.json
            """, TestContext.Current.CancellationToken);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var script = $"cd '{_folder.Path}' && exec node '{Repository.At("ops", "test", "run-tests.mjs")}' \"$@\"";

        (await ExternalTool.RunAsync("bash", "-c", script, "run", "--long", "--chaos", "", "Probe")).Expect().Output.ShouldContain("studies 1");
        (await ExternalTool.RunAsync("bash", "-c", script, "run", "", "Probe")).Expect().Output.ShouldNotContain("studies");
        (await TriageTestAsync("--chaos", "--help")).Expect().Output.ShouldContain("--chaos  the chaos tests in full");
    }

    [Fact]
    public void A_random_case_that_fails_says_its_number_and_fails_alone_by_it()
    {
        var failed = Should.Throw<FuzzCaseException>(() => Fuzz.Cases(fast: 500, whole: 500, FailNowAndThen));
        failed.Message.ShouldContain($"TRIAGE_CASE={failed.Number}. InvalidOperationException: found");
        Environment.SetEnvironmentVariable("TRIAGE_CASE", $"{failed.Number}");
        try
        {
            Should.Throw<FuzzCaseException>(() => Fuzz.Cases(fast: 0, whole: 0, FailNowAndThen)).Number.ShouldBe(failed.Number);
        }
        finally
        {
            Environment.SetEnvironmentVariable("TRIAGE_CASE", null);
        }

        static void FailNowAndThen(Random random)
        {
            if (Mutation.Of([1, 2, 3, 4, 5, 6, 7, 8], random).Length == 8 && random.Next(20) == 0) throw new InvalidOperationException("found");
        }
    }

    private static Task<ToolResult> TriageTestAsync(params string[] arguments) => ExternalTool.RunAsync(Repository.At("triage"), ["test", .. arguments]);
}
