using System.Globalization;

namespace TriageWorker.Chaos;

/// <summary>What a run came to, as a table. Lines that begin with "# " are shown by <c>./triage test</c>.</summary>
internal static class Figures
{
    public static void Say(string line) => Console.WriteLine($"# {line}");

    public static async Task OfAsync(ChaosCluster cluster, TroubleMaker troubles, LogLines log, LeaseWatch leases, TimeSpan settled, TimeSpan took)
    {
        var database = cluster.Database;
        var held = cluster.Receiver.Documents.Values;
        var outcomes = await database.ListAsync("select state || ' ' || count(*) from worklist group by state order by state", row => row.GetString(0));
        (string, string)[] rows =
        [
            ("studies", Number(cluster.Scanner.Studies.Count)),
            ("outcomes", string.Join(", ", outcomes)),
            ("images acknowledged", Number(cluster.Scanner.Acknowledged.Count)),
            ("associations, repeats included", Number(cluster.Scanner.Pushes)),
            ("troubles", string.Join(", ", troubles.Made.OrderBy(made => made.Key).Select(made => $"{made.Key} {made.Value}"))),
            ("generations, decisions", $"{await database.CountAsync("select count(*) from generation")}, {await database.CountAsync("select count(*) from decision")}"),
            ("attempts of the work that is done", Number(await database.CountAsync("select coalesce(sum(attempts), 0) from work"))),
            ("work rows", Number(await database.CountAsync("select count(*) from work"))),
            ("attempts that failed", Number(log.FailedAttempts)),
            ("leases that expired", Number(log.ExpiredLeases)),
            ("claims lost to the fence", Number(log.LostClaims)),
            ("claims handed back", Number(log.HandedBackClaims)),
            ("longest that a lease outlived its deadline", $"{leases.Longest.TotalSeconds:0.0} s of {leases.Samples} samples"),
            ("documents at the receiver", Number(held.Count())),
            ("of which came more than once, same bytes", Number(held.Count(document => document.Arrivals > 1))),
            ("from the last trouble to the last decision", $"{settled.TotalSeconds:0.0} s"),
            ("the whole run", $"{took.TotalSeconds:0} s"),
        ];
        foreach (var (what, value) in rows) Say($"{what,-44} {value}");
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
