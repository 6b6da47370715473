using System.Globalization;
using Spectre.Console;
using TriageWorker.Triage;
using static TriageWorker.Host.PlainText;

namespace TriageWorker.Host.Demo;

/// <summary>Prints what became of each study, and where to look further.</summary>
public static class DemoReport
{
    public static void Print(IAnsiConsole console, IReadOnlyList<DemoOutcome> outcomes, DemoSettings settings, string page)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("study", "images", "state", "findings", "because");
        table.AddColumn(new TableColumn("seconds").RightAligned());
        foreach (var outcome in outcomes)
        {
            table.AddCells(
                Cell(outcome.Pushed.Study.Title), Cell(Images(outcome.Pushed)), State(outcome.State), Cell(outcome.Flags), Cell(outcome.Because),
                Cell(outcome.Time?.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) ?? ""));
        }

        console.Write(table);
        foreach (var outcome in outcomes.Where(outcome => outcome.Pushed.FirstTrouble is not null && outcome.Pushed.Stored > 0))
            console.WriteLine($"{outcome.Pushed.Study.Title}:", Color.Yellow, $"{outcome.Pushed.Outcomes.Count - outcome.Pushed.Stored} files were not stored; {outcome.Pushed.FirstTrouble}");
        console.WriteLine($"Seconds count from a study's last image to its outcome. Received images and structured reports: {settings.Spool}");
        console.WriteLine($"Worklist: {page}");
        console.WriteLine($"{Sentences.Demonstration} It was trained on synthetic studies.");
        console.WriteLine(Sentences.UseLimitation);
    }

    private static string Images(PushedStudy pushed) => pushed.Stored == pushed.Outcomes.Count
        ? pushed.Stored.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{pushed.Stored} of {pushed.Outcomes.Count}");

    private static Text State(string? state) => state switch
    {
        null => Cell("no outcome", Color.Red),
        "positive" => Cell("positive", Color.Yellow),
        "negative" => Cell("negative", Color.Green),
        _ => Cell(state),
    };
}
