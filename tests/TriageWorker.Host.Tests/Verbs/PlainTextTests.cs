using Spectre.Console;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Verbs;

/// <summary>What comes from outside is written as it is: in markup, brackets would be a style and :package: a picture.</summary>
public sealed class PlainTextTests : IDisposable
{
    private const string Outside = ":package: [red]x[!]";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Names_of_files_are_said_as_they_are_in_faults_tables_and_lines_that_begin_with_a_mark()
    {
        Said(await TriageProgram.RunAsync("models", "show", Outside, "--folder", _folder.Path), 2).ShouldContain($"triage: {Outside} is no model package");
        Directory.CreateDirectory(_folder.At("packages", Outside));
        await File.WriteAllTextAsync(_folder.At("packages", Outside, "manifest.json"), "{", TestContext.Current.CancellationToken);
        Said(await TriageProgram.RunAsync("models", "list", "--folder", _folder.At("packages")), 1).ShouldContain(Outside);
        Said(await TriageProgram.RunAsync("models", "verify", "--folder", _folder.At("packages")), 1).ShouldContain($"✗ {Outside}: ");
    }

    [Fact]
    public async Task Settings_are_shown_as_they_are()
    {
        await File.WriteAllTextAsync(_folder.At("triage.json"), $$"""{ "Scoring": { "Packages": [ { "Folder": "{{Outside}}" } ] } }""", TestContext.Current.CancellationToken);
        Said(await TriageProgram.RunAsync("config", "show", "--config", _folder.At("triage.json")), 0).ShouldContain($"Scoring:Packages:0:Folder {Outside} ");
        Said(await TriageProgram.RunAsync("config", "check", "--config", _folder.At("triage.json")), 2).ShouldContain($"{Outside} is no model package");
    }

    [Fact]
    public void A_line_begins_with_its_word_and_a_cell_holds_what_it_is_given()
    {
        using var written = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(written), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No });
        console.WriteLine("Mark:", Color.Red, Outside);
        var table = new Table().AddColumns("a", "b");
        table.AddPlainRow(Outside, "");
        table.AddCells(PlainText.Cell(Outside, Color.Green), PlainText.Cell(""));
        console.Write(table);
        var lines = written.ToString().Split('\n');
        lines[0].TrimEnd().ShouldBe($"Mark: {Outside}");
        lines.Count(line => line.Contains($" {Outside} ", StringComparison.Ordinal)).ShouldBe(2);
    }

    private static string Said(ToolResult result, int exitCode)
    {
        result.ExitCode.ShouldBe(exitCode, result.Output);
        return string.Join(' ', result.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
