using System.Net;
using System.Text.RegularExpressions;
using TriageWorker.Testing;

namespace TriageWorker.EndToEnd;

/// <summary>One of several processes on a database that they share, asked where it says that it listens.</summary>
internal sealed partial class AnsweringProcess : IAsyncDisposable
{
    private readonly RoleProcess _process;

    private AnsweringProcess(RoleProcess process) => _process = process;

    public string Log => string.Join('\n', _process.Log);

    /// <summary>Health and metrics.</summary>
    public HttpClient Http { get; } = new() { Timeout = RoleProcess.Patience };

    public static async Task<AnsweringProcess> StartAsync(string roles, params (string Key, string Value)[] settings)
    {
        var started = new AnsweringProcess(new RoleProcess(roles, roles, settings.ToDictionary(setting => setting.Key, setting => setting.Value)));
        await started._process.StartAsync();
        started.Http.BaseAddress = new Uri(Operations().Match(started.Log).Groups["address"].Value);
        return started;
    }

    /// <summary>Pushes every file of a folder in one association, with DCMTK's sender.</summary>
    public async Task PushFolderAsync(string folder) => (await ExternalTool.RunAsync("storescu",
        ["-aec", "TRIAGE", "-aet", "CT1", "+sd", "127.0.0.1", Dicom().Match(Log).Groups["port"].Value, folder], new Dictionary<string, string> { ["TCP_NODELAY"] = "1" })).Expect();

    public async Task<(HttpStatusCode Status, string Text)> GetAsync(string path)
    {
        using var answer = await Http.GetAsync(new Uri(path, UriKind.Relative));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Stops it as an administrator does; what it still has to tell is told when this returns.</summary>
    public Task<int> StopAsync() => _process.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Http.Dispose();
        await _process.DisposeAsync();
    }

    [GeneratedRegex(@"Health and metrics are at (?<address>http://\S+/)")]
    private static partial Regex Operations();

    [GeneratedRegex(@"Images are received at [0-9.]+:(?<port>\d+)")]
    private static partial Regex Dicom();
}
