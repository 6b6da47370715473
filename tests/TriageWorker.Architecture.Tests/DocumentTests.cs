using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TriageWorker.Architecture.Tests;

public sealed partial class DocumentTests
{
    [Fact]
    public void The_map_names_every_room()
    {
        var map = Checkout.Read("docs", "map.md");
        Rooms.MayReference.Keys.Where(room => !map.Contains($"`{room}`", StringComparison.Ordinal)).ShouldBeEmpty("docs/map.md does not name these rooms.");
    }

    [Fact]
    public void Every_file_the_map_points_at_exists() =>
        PathInMap().Matches(Checkout.Read("docs", "map.md")).Select(match => match.Groups["path"].Value)
            .Where(path => !File.Exists(Checkout.At(path)) && !Directory.Exists(Checkout.At(path))).ShouldBeEmpty("docs/map.md points at these.");

    [Fact]
    public void Every_package_has_a_row_with_its_version()
    {
        var rows = Checkout.Read("docs", "dependencies.md").Split('\n');
        PinnedPackages().Where(package => !rows.Any(row => row.StartsWith($"| {package.Name} | {package.Version} |", StringComparison.Ordinal)))
            .ShouldBeEmpty("docs/dependencies.md has no row '| name | version | licence | reason |' for these.");
    }

    [Fact]
    public void Every_package_that_a_project_takes_is_pinned_in_one_place() =>
        Projects().SelectMany(project => XDocument.Load(project).Descendants("PackageReference"))
            .Where(reference => reference.Attribute("VersionOverride") is null)
            .Select(reference => reference.Attribute("Include")!.Value)
            .Except(XDocument.Load(Checkout.At("Directory.Packages.props")).Descendants("PackageVersion").Select(pin => pin.Attribute("Include")!.Value))
            .ShouldBeEmpty();

    [Fact]
    public void Decisions_are_numbered_without_a_gap_and_say_context_decision_and_cost()
    {
        var records = Directory.GetFiles(Checkout.At("docs", "decisions"), "*.md").Order(StringComparer.Ordinal).ToList();
        records.Select(record => Path.GetFileName(record)[..4]).ShouldBe(Enumerable.Range(1, records.Count).Select(number => $"{number:0000}"));
        foreach (var record in records)
        {
            var text = File.ReadAllText(record);
            foreach (var part in (string[])["## Context", "## Decision", "## Cost"]) text.ShouldContain(part, Case.Sensitive, record);
        }
    }

    [Fact]
    public void Every_migration_has_a_number_of_its_own()
    {
        var numbers = Directory.GetFiles(Checkout.At("migrations"), "*.sql").Select(file => Path.GetFileName(file)[..4]).Order(StringComparer.Ordinal).ToList();
        numbers.ShouldBe(Enumerable.Range(1, numbers.Count).Select(number => $"{number:0000}"));
    }

    private static IEnumerable<(string Name, string Version)> PinnedPackages()
    {
        var nuget = XDocument.Load(Checkout.At("Directory.Packages.props")).Descendants("PackageVersion")
            .Select(pin => (pin.Attribute("Include")!.Value, pin.Attribute("Version")!.Value));
        using var npm = System.Text.Json.JsonDocument.Parse(Checkout.Read("package.json"));
        return
        [
            .. nuget,
            .. from kind in (string[])["dependencies", "devDependencies"]
               where npm.RootElement.TryGetProperty(kind, out _)
               from package in npm.RootElement.GetProperty(kind).EnumerateObject()
               select (package.Name, package.Value.GetString()!),
        ];
    }

    private static string[] Projects() =>
        Directory.GetFiles(Checkout.Root, "*.csproj", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 });

    [GeneratedRegex(@"`(?<path>(?:src|tests|docs|ops|migrations|onnx|compose)/[^`\s*]+)`")]
    private static partial Regex PathInMap();
}
