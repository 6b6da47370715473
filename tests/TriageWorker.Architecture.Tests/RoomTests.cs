using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TriageWorker.Architecture.Tests;

public sealed partial class RoomTests
{
    public static TheoryData<string> AllRooms => [.. Rooms.MayReference.Keys];

    [Fact]
    public void Every_folder_under_src_is_a_room_of_the_table_and_every_room_exists() =>
        Directory.GetDirectories(Checkout.At("src")).Select(Path.GetFileName)
            .ShouldBe(Rooms.MayReference.Keys.Select(room => $"TriageWorker.{room}"), ignoreOrder: true);

    [Theory, MemberData(nameof(AllRooms))]
    public void A_room_references_exactly_what_the_table_allows(string room) =>
        References(room).ShouldBe(Rooms.MayReference[room], ignoreOrder: true);

    [Fact]
    public void No_role_references_another_role() =>
        Rooms.Roles.SelectMany(role => References(role).Intersect(Rooms.Roles).Select(other => $"{role} → {other}")).ShouldBeEmpty();

    [Fact]
    public void References_never_lead_back()
    {
        foreach (var room in Rooms.MayReference.Keys) Reachable(room).ShouldNotContain(room);
    }

    [Theory, MemberData(nameof(AllRooms))]
    public void A_rooms_namespaces_begin_with_its_name(string room)
    {
        var own = $"TriageWorker.{room}";
        Rooms.SourcesOf(room)
            .SelectMany(file => Namespace().Matches(File.ReadAllText(file)).Select(match => (File: Path.GetFileName(file), Name: match.Groups["name"].Value)))
            .Where(found => found.Name != own && !found.Name.StartsWith(own + ".", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(AllRooms))]
    public void A_room_opens_with_a_readme(string room)
    {
        var readme = Checkout.At("src", $"TriageWorker.{room}", "README.md");
        File.Exists(readme).ShouldBeTrue($"{room} has no README.md: ten lines on what lives here, what does not, where to start reading.");
        File.ReadAllText(readme).Length.ShouldBeGreaterThan(100);
    }

    [Theory, MemberData(nameof(AllRooms))]
    public void A_room_with_code_of_ours_has_a_test_project(string room)
    {
        if (Rooms.SourcesOf(room).Any()) Directory.Exists(Checkout.At("tests", $"TriageWorker.{room}.Tests")).ShouldBeTrue();
    }

    private static IEnumerable<string> References(string room) =>
        XDocument.Load(Checkout.At("src", $"TriageWorker.{room}", $"TriageWorker.{room}.csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)["TriageWorker.".Length..]);

    private static HashSet<string> Reachable(string room)
    {
        var seen = new HashSet<string>();
        var next = new Queue<string>(Rooms.MayReference[room]);
        while (next.TryDequeue(out var reached))
            if (seen.Add(reached))
                foreach (var further in Rooms.MayReference[reached]) next.Enqueue(further);
        return seen;
    }

    [GeneratedRegex(@"^\s*namespace\s+(?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
