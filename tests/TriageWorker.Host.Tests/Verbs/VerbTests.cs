using System.Text.RegularExpressions;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Verbs;

/// <summary>Every verb as it is typed: the executable in a process of its own.</summary>
public sealed partial class VerbTests
{
    // With what each needs, so that the option that is not there is all that is wrong.
    public static TheoryData<string> Verbs => ["demo", "run", "phantom --out nowhere", "migrate", "send nowhere --to localhost:104", "models", "models list", "models show nowhere", "models verify nowhere", "models run nowhere nowhere", "models bench nowhere", "models risks", "models risks confirm --package nowhere --as osteoporosis",
        "models training-set --out nowhere", "models import", "models import merlin --checkpoint nowhere --licence none", "models prompts", "models prompts show", "models prompts test --package nowhere --bank nowhere", "models prompts build --package nowhere --bank nowhere", "alarms", "alarms list", "alarms test", "callers nowhere", "audit", "audit verify", "audit export", "audit seal", "config", "config show", "config check", "config schema", "dead-letters", "dead-letters list", "dead-letters replay --all", "destinations", "destinations probe nowhere", "spool", "spool status", "spool reconcile", "spool verify", "study nowhere", "doctor", "version"];

    [Fact]
    public async Task The_verbs_that_help_lists_are_those_that_are_tested_here() =>
        Commands().Match((await TriageProgram.RunAsync("--help")).Expect().Output).Groups["verb"].Captures.Select(verb => verb.Value)
            .ShouldBe(Verbs.Select(verb => verb.Data.Split(' ')[0]).Distinct(), ignoreOrder: true);

    [Theory, MemberData(nameof(Verbs))]
    public async Task Each_verb_says_how_it_is_used(string verb) =>
        (await TriageProgram.RunAsync([.. verb.Split(' '), "--help"])).Expect().Output.ShouldContain($"triage {verb.Split(" --")[0].Split(" nowhere")[0]}");

    [Theory, MemberData(nameof(Verbs))]
    public async Task An_option_that_a_verb_does_not_have_is_refused_by_its_name(string verb)
    {
        var refused = await TriageProgram.RunAsync([.. verb.Split(' '), "--colour"]);
        refused.ExitCode.ShouldNotBe(0);
        refused.Output.ShouldContain("'--colour'");
    }

    [GeneratedRegex(@"Commands:\n(?:  (?<verb>\S+) .*\n)+")]
    private static partial Regex Commands();
}
