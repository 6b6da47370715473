using System.Globalization;
using Npgsql;
using TriageWorker.Testing;

namespace TriageWorker.Chaos;

/// <summary>The product as it is out of the box: one process, tokens in memory, a database of its own. Killed at any instant it loses nothing.</summary>
public sealed class EmbeddedChaosTests
{
    private const int FewRounds = 4, ManyRounds = 25, StudiesARound = 2;
    private static readonly TimeSpan Settles = TimeSpan.FromMinutes(3), LongestLife = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task One_process_that_is_killed_at_random_loses_nothing()
    {
        var seed = ChaosForm.Seed ?? (ChaosForm.IsFull ? Random.Shared.Next(1_000_000) : 1);
        var rounds = ChaosForm.IsFull ? ManyRounds : FewRounds;
        Figures.Say($"chaos in one process, {rounds} kills, seed {seed} (TRIAGE_CASE={seed} runs it again)");
        var dice = new Random(seed);
        using var folder = new TemporaryFolder();
        await using var receiver = await CountingReceiver.StartAsync();
        var (dicom, database) = (Loopback.FreePort(), Loopback.FreePort());
        var scanner = new Scanner(dicom, "CT", folder);
        await using var product = new RoleProcess("product", "intake,scoring,delivery,jobs", Settings(folder, dicom, database, receiver.Port));
        await product.StartAsync();

        for (var round = 0; round < rounds; round++)
        {
            var pushing = Task.WhenAll(Enumerable.Range(0, StudiesARound).Select(number => PushAsync(scanner, $"{seed}-{round}-{number}", round + number)));
            await Task.Delay(dice.NextDouble() * LongestLife); // at any instant of the way
            await product.KillAsync();
            await ((Task)pushing).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing); // it may have been broken off
            await product.StartAsync();
            for (var number = 0; number < StudiesARound; number++) await PushAsync(scanner, $"{seed}-{round}-{number}", round + number);
        }

        var invariants = new Invariants(new ClusterDatabase(await ConnectionAsync(folder, database)), folder.At("spool"), scanner);
        var settled = await invariants.SettleAsync(Settles);
        List<string> broken = [.. await invariants.BrokenAsync(), .. await invariants.BrokenAtAsync(receiver), .. product.Deaths, .. new LogLines([product]).Unexpected];
        Figures.Say(string.Create(CultureInfo.InvariantCulture,
            $"{scanner.Studies.Distinct().Count()} studies, {scanner.Acknowledged.Count} images, settled {settled.TotalSeconds:0.0} s after the last start; {receiver.Documents.Values.Count(held => held.Arrivals > 1)} documents came again with the same bytes"));
        broken.ShouldBeEmpty($"Seed {seed}.\n{product.Tail()}");
        (await product.StopAsync()).ShouldBe(0, product.Tail());
    }

    /// <summary>A push that the kill breaks off is pushed again later.</summary>
    private static Task<string> PushAsync(Scanner scanner, string identity, int body) =>
        scanner.PushAsync(identity, body, () => Task.FromException(new IOException("The listener is gone.")), CancellationToken.None);

    private static Dictionary<string, string> Settings(TemporaryFolder folder, int dicom, int database, int receiver) => new()
    {
        ["Database:Embedded:Data"] = folder.At("postgres"), ["Database:Embedded:Reachable"] = folder.At("reachable"),
        ["Database:Embedded:Port"] = database.ToString(CultureInfo.InvariantCulture), ["Spool:Folder"] = folder.At("spool"),
        ["Audit:HeadFile"] = folder.At("audit-heads.jsonl"), ["Operations:Port"] = "0",
        ["Intake:Port"] = dicom.ToString(CultureInfo.InvariantCulture), ["Intake:IdleTime"] = "00:00:01", ["Completeness:LongestIdleTime"] = "00:00:02", ["Log:Json"] = "true",
        ["Bus:Lease"] = ChaosCluster.Lease.ToString(), ["Bus:SweepEvery"] = ChaosCluster.SweepEvery.ToString(),
        ["Scoring:MaxAttempts"] = "20", ["Scoring:ModelThreads"] = "1", ["Scoring:ImagingThreads"] = "1",
        ["Destinations:0:Name"] = "counter", ["Destinations:0:Host"] = "127.0.0.1", ["Destinations:0:Port"] = receiver.ToString(CultureInfo.InvariantCulture),
        ["Destinations:0:CalledAe"] = CountingReceiver.Ae, ["Destinations:0:Demonstration"] = "true",
    };

    private static async Task<string> ConnectionAsync(TemporaryFolder folder, int port)
    {
        var elsewhere = folder.At("postgres", "LIVES-ELSEWHERE");
        var root = File.Exists(elsewhere) ? (await File.ReadAllTextAsync(elsewhere)).Trim() : folder.At("postgres");
        var password = (await File.ReadAllTextAsync(Path.Combine(root, "password"))).Trim();
        return new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = port, Username = "triage", Password = password, Database = "triage" }.ConnectionString;
    }
}
