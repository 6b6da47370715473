using System.Text.RegularExpressions;

namespace TriageWorker.Architecture.Tests;

/// <summary>Spectre reads strings as markup: a name from outside would lose its brackets and have pictures drawn into it. One file of the host writes text as it is, and all others go through it.</summary>
public sealed partial class PlainTextTests
{
    [Fact]
    public void Nothing_is_printed_as_markup() =>
        Rooms.MayReference.Keys.SelectMany(Rooms.SourcesOf).Where(file => Path.GetFileName(file) != "PlainText.cs")
            .SelectMany(file => File.ReadLines(file).Select((line, at) => (Line: line, Where: $"{Path.GetFileName(file)}:{at + 1}")))
            .Where(each => AsMarkup().IsMatch(each.Line))
            .Select(each => each.Where)
            .ShouldBeEmpty("Write it with PlainText: console.WriteLine(word, colour, text), AddPlainRow, AddCells, PlainTitleColumn.");

    [GeneratedRegex(@"\.Markup(Line)?(Interpolated)?\(|\bMarkup\.|new Markup\(|\b(table|grid)\.AddRow\(|new TaskDescriptionColumn\(")]
    private static partial Regex AsMarkup();
}
