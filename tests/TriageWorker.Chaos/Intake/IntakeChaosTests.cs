using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Chaos;

/// <summary>
/// An acknowledged image is never lost: listeners are killed at random instants and at every named point of an image's way, their
/// database is killed, their volume is filled. The senders' own ledger is what counts.
/// </summary>
public sealed partial class IntakeChaosTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private const int Listeners = 2, SendersEach = 1;
    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(2);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_acknowledged_image_is_lost_when_listeners_are_killed_at_random_and_at_every_fail_point()
    {
        using var folder = new TemporaryFolder();
        var plan = ChaosForm.IsFull ? Plan(atEachPoint: 13, atRandom: 60) : Plan(atEachPoint: 1, atRandom: 2);
        await RunAsync("kills", folder, folder.At("spool"), plan, databaseKills: ChaosForm.IsFull ? 12 : 1, volume: null);
    }

    [Fact]
    public async Task No_acknowledged_image_is_lost_when_their_volume_is_filled_and_emptied_too()
    {
        using var folder = new TemporaryFolder();
        await using var volume = await SpoolVolume.TryMountAsync(folder.At("volume"));
        Assert.SkipWhen(volume is null, "A small file system in memory cannot be mounted here; that takes root.");
        var plan = ChaosForm.IsFull ? Plan(atEachPoint: 2, atRandom: 12) : [null, FailPoint.Synced, null, FailPoint.Committed];
        await RunAsync("full volume", folder, volume.Spool, plan, databaseKills: ChaosForm.IsFull ? 2 : 0, volume);
    }

    /// <returns>Null stands for a random instant.</returns>
    private static string?[] Plan(int atEachPoint, int atRandom) =>
        [.. Enumerable.Repeat(FailPoint.All, atEachPoint).SelectMany(points => points), .. Enumerable.Repeat<string?>(null, atRandom)];

    private async Task RunAsync(string name, TemporaryFolder folder, string spool, string?[] plan, int databaseKills, SpoolVolume? volume)
    {
        var seed = ChaosForm.Seed ?? (ChaosForm.IsFull ? Random.Shared.Next(1_000_000) : 1);
        Figures.Say($"intake, {name}, {(ChaosForm.IsFull ? "full" : "short")} form, seed {seed} (TRIAGE_CASE={seed} runs it again)");
        var began = TimeProvider.System.GetTimestamp();
        var dice = new Random(seed);
        dice.Shuffle(plan);
        var database = new ClusterDatabase(await server.CreateDatabaseAsync());
        var ledger = new SendersLedger();
        // One listener keeps room on its volume for others, one goes to the last byte.
        await using var first = new MortalListener("listener 1", Settings(folder, spool, database, minimumFree: 0));
        await using var second = new MortalListener("listener 2", Settings(folder, spool, database, minimumFree: 8 << 20));
        MortalListener[] listeners = [first, second];
        var senders = new SliceSenders(new SliceStudies(folder), ledger, listeners);
        var sending = Task.WhenAll(Enumerable.Range(0, Listeners * SendersEach).Select(number => senders.RunAsync(seed + number, SenderKind.Own, Stop))
            .Append(senders.RunAsync(seed + 100, SenderKind.Dcmtk, Stop)).Append(senders.RunAsync(seed + 101, SenderKind.Stow, Stop)));

        var fates = new Fates(plan);
        var killing = Task.WhenAll(listeners.Select((listener, number) => fates.LiveAsync(listener, new Random(seed + 200 + number), () => senders.Allow(8))));
        var troubling = TroubleAsync(() => killing.IsCompleted, fates, new Random(seed + 300), databaseKills, volume);
        await killing;
        var (databases, fillings) = await troubling;
        await Task.WhenAll(listeners.Select(listener => listener.LiveOnAsync()));
        senders.Enough();
        await sending;

        var verdict = new IntakeVerdict(database, spool, ledger);
        var last = TimeProvider.System.GetTimestamp();
        await verdict.SettleAsync();
        var settled = TimeProvider.System.GetElapsedTime(last);
        List<string> broken = [.. await verdict.BrokenAsync(), .. Unexpected(listeners), .. fates.NeverMet.Select(point => $"no listener died at {point}")];
        (string, string)[] rows =
        [
            ("kills", fates.Kills.ToString(CultureInfo.InvariantCulture)),
            ("by kind", string.Join(", ", fates.ByKind.OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => $"{kind.Key} {kind.Value}"))),
            ("database killed, volume filled", $"{databases}, {(volume is null ? "-" : fillings)}"),
            ("associations", Number(ledger.Pushes)),
            ("images acknowledged", Number(ledger.Acknowledged.Count)),
            ("images sent again", Number(ledger.Resent)),
            ("associations refused or broken off", Number(ledger.Broken)),
            ("images refused", Number(ledger.Refused)),
            ("images acknowledged more than once", Number(ledger.Acknowledged.Count(image => image.Value > 1))),
            ("adopted from listeners that died", Number(listeners.Sum(listener => Adopted(listener.Process)))),
            ("in quarantine, none of them acknowledged", Number(verdict.Quarantined)),
            ("lost", Number(verdict.Lost)),
            ("from the last start to the last row", $"{settled.TotalSeconds:0.0} s"),
            ("the whole run", $"{TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s"),
        ];
        foreach (var (what, value) in rows) Figures.Say($"{what,-44} {value}");
        broken.Take(20).ShouldBeEmpty($"{broken.Count} in all. Seed {seed}.\n{string.Join("\n\n", listeners.Select(listener => $"{listener.Process.Name}:\n{listener.Process.Tail(20)}"))}");
        foreach (var listener in listeners) (await listener.Process.StopAsync()).ShouldBe(0, listener.Process.Tail());
    }

    /// <summary>Spreads its troubles over the kills.</summary>
    private async Task<(int Databases, int Fillings)> TroubleAsync(Func<bool> isOver, Fates fates, Random dice, int databaseKills, SpoolVolume? volume)
    {
        var (databases, fillings) = (0, 0);
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!isOver())
        {
            await beat.WaitForNextTickAsync(Stop);
            if (databases < databaseKills && fates.Share > (databases + 0.5) / databaseKills)
            {
                databases++;
                await server.CrashAsync(dice.Next(2) == 0 ? "KILL" : "QUIT");
                await Task.Delay(TimeSpan.FromSeconds(dice.NextDouble() * 2), Stop); // the length of the trouble is the trouble
                await server.StartAsync();
            }

            if (volume is null) continue;
            await Task.Delay(TimeSpan.FromSeconds(dice.NextDouble()), Stop);
            volume.Fill(leave: dice.Next(3) * 40_000); // to the last byte, or to a slice or two
            fillings++;
            await Task.Delay(TimeSpan.FromSeconds(0.2 + dice.NextDouble()), Stop);
            volume.Empty();
        }

        return (databases, fillings);
    }

    private static Dictionary<string, string> Settings(TemporaryFolder folder, string spool, ClusterDatabase database, long minimumFree) => new()
    {
        ["Database:ConnectionString"] = database.ConnectionString, ["Database:MaxConnections"] = "8", ["Spool:Folder"] = spool,
        ["Spool:MinimumFreeBytes"] = minimumFree.ToString(CultureInfo.InvariantCulture), ["Audit:HeadFile"] = folder.At("audit-heads.jsonl"),
        ["Operations:Port"] = "0", ["Log:Json"] = "true",
    };

    // 1014: set aside as unfit; 3020: a sync failed; 3023: an acknowledged file cannot be read.
    private static IEnumerable<string> Unexpected(MortalListener[] listeners) =>
        from listener in listeners from line in listener.Process.Log where Unwanted().IsMatch(line) select $"{listener.Process.Name}: {line}";

    private static int Adopted(RoleProcess process) =>
        process.Log.Select(line => AdoptedFiles().Match(line)).Where(match => match.Success).Sum(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("""\"EventId\":(1014|3020|3023)\b""")]
    private static partial Regex Unwanted();

    [GeneratedRegex("Adopted (\\d+) files of a process that ended")]
    private static partial Regex AdoptedFiles();

    /// <summary>How each next life shall end; a point that was not passed in one life is tried in another.</summary>
    private sealed class Fates(string?[] plan)
    {
        private const string AtRandom = "at random";
        private const int Tries = 4;
        private readonly ConcurrentQueue<(string? Point, int Tried)> _left = new(plan.Select(point => (point, 0)));
        private readonly ConcurrentDictionary<string, int> _byKind = new();
        private int _kills;

        public int Kills => _kills;

        public double Share => (double)_kills / plan.Length;

        public IReadOnlyDictionary<string, int> ByKind => _byKind;

        public IEnumerable<string> NeverMet => plan.OfType<string>().Distinct().Where(point => !_byKind.ContainsKey(point));

        public async Task LiveAsync(MortalListener listener, Random dice, Action beat)
        {
            while (_left.TryDequeue(out var fate))
            {
                var kind = fate.Point ?? AtRandom;
                if (fate.Point is null) await listener.LiveForAsync(dice.NextDouble() * LongestLife, fromLaunch: dice.Next(4) == 0, beat);
                else if (!await listener.LiveToPointAsync(fate.Point, 1 + dice.Next(fate.Point == FailPoint.Adopted ? 3 : 12), beat))
                {
                    if (fate.Tried < Tries) _left.Enqueue((fate.Point, fate.Tried + 1));
                    kind = AtRandom;
                }

                Interlocked.Increment(ref _kills);
                _byKind.AddOrUpdate(kind, 1, (_, times) => times + 1);
            }
        }
    }
}
