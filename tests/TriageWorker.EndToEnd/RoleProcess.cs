using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using TriageWorker.Testing;

namespace TriageWorker.EndToEnd;

/// <summary><c>triage run --roles …</c> in a process of its own, as one of several on a database that they share.</summary>
internal sealed partial class RoleProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RoleProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Heard(line.Data);
        process.ErrorDataReceived += (_, line) => Heard(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException($"The process ended while it started:\n{Log}"));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Log => string.Join('\n', _log);

    /// <summary>Health and metrics.</summary>
    public HttpClient Http { get; } = new() { Timeout = Patience };

    public static async Task<RoleProcess> StartAsync(string roles, params (string Key, string Value)[] settings)
    {
        var environment = settings.ToDictionary(setting => "TRIAGE__" + setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value);
        foreach (var (name, value) in TriageProgram.Environment) environment[name] = value;
        var started = new RoleProcess(ExternalTool.Start("dotnet", [TriageProgram.Path, "run", "--roles", roles], environment));
        await started._ready.Task.WaitAsync(Patience);
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
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited) (await ExternalTool.RunAsync("kill", "-TERM", _process.Id.ToString(CultureInfo.InvariantCulture))).Expect();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Http.Dispose();
        _process.Dispose();
    }

    private void Heard(string? line)
    {
        if (line is null) return;
        _log.Enqueue(line);
        if (line.StartsWith("Running;", StringComparison.Ordinal)) _ready.TrySetResult();
    }

    [GeneratedRegex(@"Health and metrics are at (?<address>http://\S+/)")]
    private static partial Regex Operations();

    [GeneratedRegex(@"Images are received at [0-9.]+:(?<port>\d+)")]
    private static partial Regex Dicom();
}
