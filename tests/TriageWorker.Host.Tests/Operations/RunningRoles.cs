using System.Net;
using System.Text.RegularExpressions;
using TriageWorker.Host.Roles;
using TriageWorker.Host.Settings;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Operations;

/// <summary>Roles that run in this process on a database of the test's, and what they tell about themselves.</summary>
internal sealed partial class RunningRoles : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly RunningHost _host;

    private RunningRoles(RunningHost host)
    {
        _host = host;
        Http = new HttpClient { BaseAddress = new Uri(Address().Match(string.Join('\n', host.Addresses)).Groups["address"].Value), Timeout = Patience };
    }

    public HttpClient Http { get; }

    public IReadOnlyList<string> Addresses => _host.Addresses;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<RunningRoles> StartAsync(TemporaryFolder folder, string roles, string database, params (string Key, string? Value)[] settings)
    {
        Dictionary<string, string?> all = new()
        {
            ["Database:ConnectionString"] = database,
            ["Spool:Folder"] = Directory.CreateDirectory(folder.At("spool")).FullName,
            ["Spool:MinimumFreeBytes"] = "0",
            ["Scoring:Packages:0:Folder"] = Repository.At("onnx", "phantom"),
            ["Intake:Port"] = "0",
            ["Web:Port"] = "0",
            ["Operations:Port"] = "0",
        };
        foreach (var (key, value) in settings) all[key] = value;
        return new RunningRoles(await RunningHost.StartAsync(SettingsSource.DefaultsWith(all), RoleNames.Parse(roles), _ => { }, new Progress<string>(), Stop));
    }

    public async Task<(HttpStatusCode Status, string Text)> GetAsync(string path, string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null) request.Headers.Add("Accept", accept);
        using var answer = await Http.SendAsync(request, Stop);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    /// <summary>What it says once it fits.</summary>
    public async Task<string> ReadyAsync(HttpStatusCode status, string firstLine)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(Patience);
        while (true)
        {
            var (now, text) = await GetAsync("readyz");
            if (now == status && text.StartsWith(firstLine + "\n", StringComparison.Ordinal)) return text;
            if (patience.IsCancellationRequested) throw new TimeoutException($"It was never '{firstLine}' ({status}); it says {now}: {text}");
            await Task.Delay(100, Stop);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _host.DisposeAsync();
    }

    [GeneratedRegex(@"Health and metrics are at (?<address>http://\S+/)")]
    private static partial Regex Address();
}
