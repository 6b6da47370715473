using Spectre.Console;
using Spectre.Console.Rendering;

namespace TriageWorker.Host;

/// <summary>
/// Text on the terminal as it is. Spectre reads the strings it is given as markup, in which [x] is a style and :package: a picture, the latter also in what was escaped: names
/// of files, settings and studies, and messages of faults, are no markup. A test keeps the verbs to this.
/// </summary>
public static class PlainText
{
    /// <summary>A line that begins with a word in colour.</summary>
    public static void WriteLine(this IAnsiConsole console, string word, Color colour, string text) =>
        console.Write(new Paragraph(word, new Style(colour)).Append($" {text}{Environment.NewLine}"));

    public static Text Cell(string text, Color? colour = null) => new(text, colour is { } named ? new Style(named) : null);

    public static void AddPlainRow(this Table table, params IEnumerable<string> cells) => table.AddCells([.. cells.Select(cell => Cell(cell))]);

    public static void AddPlainRow(this Grid grid, params IEnumerable<string> cells) => grid.AddRow([.. cells.Select(IRenderable (cell) => Cell(cell))]);

    public static void AddCells(this Table table, params Text[] cells) => table.AddRow([.. cells.Cast<IRenderable>()]);
}

/// <summary>What a bar is about, as it is.</summary>
internal sealed class PlainTitleColumn : ProgressColumn
{
    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => PlainText.Cell(task.Description);
}
