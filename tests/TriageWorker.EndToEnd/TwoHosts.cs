using System.Text.RegularExpressions;
using TriageWorker.Phantoms;
using TriageWorker.Testing;

namespace TriageWorker.EndToEnd;

/// <summary>A process that receives into a spool of its own, and one that scores without having that folder, over one database and broker.</summary>
internal sealed partial class TwoHosts : IAsyncDisposable
{
    private const string Secret = "what-both-hosts-know";
    private readonly TemporaryFolder _folder = new();
    private readonly SharedDatabase _database;

    private TwoHosts(SharedDatabase database, CountingDoor door, int port, Uri broker, (string Key, string Value)[] more)
    {
        (_database, Door) = (database, door);
        Intake = Process("intake", "intake,jobs", broker,
            [("Spool:Folder", Spool), ("Spool:Sharing:Port", $"{port}"), ("Spool:Sharing:Url", door.Url), ("Spool:Sharing:SilentAfter", "00:00:02"), .. more]);
        Scoring = Process("scoring", "scoring", broker,
            [("Spool:Folder", _folder.At("no-spool")), ("Scoring:Cache:Folder", Cache), ("Scoring:Nodes:TryEvery", "00:00:01"), ("Scoring:Nodes:AlarmAfter", "00:00:00"), .. more]);
    }

    public RoleProcess Intake { get; }

    public RoleProcess Scoring { get; }

    public CountingDoor Door { get; }

    public string Spool => _folder.At("spool");

    public string Cache => _folder.At("cache");

    /// <summary>What the spool calls itself.</summary>
    public string NodeId => File.ReadAllText(Path.Combine(Spool, "spool.id")).Trim();

    /// <summary>What people are told.</summary>
    public string Node => $"{Environment.MachineName}:{Spool}";

    public static async Task<TwoHosts> CreateAsync(PostgresServer server, RabbitMqFixture broker, params (string Key, string Value)[] more)
    {
        var port = Loopback.FreePort();
        var hosts = new TwoHosts(await SharedDatabase.CreateAsync(server), await CountingDoor.StartAsync(port), port, broker.Uri, more);
        await hosts.Intake.StartAsync();
        return hosts;
    }

    /// <summary>Pushes a study and waits until it is due for scoring.</summary>
    /// <returns>Its Study Instance UID.</returns>
    public async Task<string> PushAsync(PhantomSpec spec)
    {
        var files = PhantomDicom.Write(Phantom.Draw(spec), _folder.At($"study-{spec.Seed}"));
        var port = Dicom().Match(string.Join('\n', Intake.Log)).Groups["port"].Value;
        (await ExternalTool.RunAsync("storescu", ["-aec", "TRIAGE", "-aet", "CT1", "+sd", "127.0.0.1", port, _folder.At($"study-{spec.Seed}")],
            new Dictionary<string, string> { ["TCP_NODELAY"] = "1" })).Expect();
        await UntilAsync($"exists (select 1 from work where stage = 'scoring' and study_uid = '{files.StudyInstanceUid}')");
        return files.StudyInstanceUid;
    }

    public Task<T> ReadAsync<T>(string sql) => _database.ReadAsync<T>(sql);

    public Task UntilAsync(string condition) => _database.UntilAsync(condition, () => $"intake:\n{Intake.Tail()}\nscoring:\n{Scoring.Tail()}");

    public Task DecidedAsync(string study) => UntilAsync($"exists (select 1 from decision where study_uid = '{study}')");

    /// <summary>What <c>triage study</c> prints.</summary>
    public async Task<string> StudyAsync(string study)
    {
        var environment = TriageProgram.Environment;
        foreach (var (key, value) in _database.Settings) environment["TRIAGE__" + key.Replace(":", "__", StringComparison.Ordinal)] = value;
        return (await ExternalTool.RunAsync("dotnet", [TriageProgram.Path, "study", study], environment)).Expect().Output;
    }

    public async ValueTask DisposeAsync()
    {
        await Scoring.DisposeAsync();
        await Intake.DisposeAsync();
        await Door.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    private RoleProcess Process(string name, string roles, Uri broker, (string Key, string Value)[] own)
    {
        var settings = _database.Settings.ToDictionary(setting => setting.Key, setting => setting.Value);
        settings["Bus:Transport"] = "RabbitMq";
        settings["Bus:Uri"] = broker.ToString();
        settings["Spool:Sharing:Secret"] = Secret;
        foreach (var (key, value) in own) settings[key] = value;
        return new RoleProcess(name, roles, settings);
    }

    [GeneratedRegex(@"Images are received at [0-9.]+:(?<port>\d+)")]
    private static partial Regex Dicom();
}
