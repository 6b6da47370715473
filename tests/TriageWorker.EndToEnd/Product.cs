using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using TriageWorker.Testing;

namespace TriageWorker.EndToEnd;

/// <summary>The product as its users run it: <c>triage run</c> in a process of its own, on ports and folders of its own.</summary>
internal sealed class Product : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Dictionary<string, string> _environment;

    private Product(Process process, Dictionary<string, string> environment, int dicomPort, int webPort)
    {
        (_process, _environment) = (process, environment);
        DicomPort = dicomPort;
        Pages = new Uri($"http://127.0.0.1:{webPort}/");
        Http = new HttpClient { BaseAddress = Pages, Timeout = Patience };
        process.OutputDataReceived += (_, line) => Heard(line.Data);
        process.ErrorDataReceived += (_, line) => Heard(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException($"The product ended while it started:\n{Log}"));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int DicomPort { get; }

    public Uri Pages { get; }

    public HttpClient Http { get; }

    public bool IsRunning => !_process.HasExited;

    public string Log => string.Join('\n', _log);

    /// <param name="folder">Database and spool; start again on the same folder to go on where it ended.</param>
    /// <param name="settings">By key path, as in <c>triage.json</c>.</param>
    public static Task<Product> StartAsync(string folder, params (string Key, string Value)[] settings) => StartAsync("intake,scoring,delivery,web,jobs", folder, settings);

    /// <inheritdoc cref="StartAsync(string, ValueTuple{string, string}[])"/>
    /// <param name="roles">Which of them run; a test that waits for a study needs the page.</param>
    public static async Task<Product> StartAsync(string roles, string folder, (string Key, string Value)[] settings)
    {
        int dicom = Loopback.FreePort(), web = Loopback.FreePort();
        (string Key, string Value)[] own =
        [
            ("Database:Embedded:Data", Path.Combine(folder, "postgres")), ("Database:Embedded:Reachable", Path.Combine(folder, "reachable")),
            ("Spool:Folder", Path.Combine(folder, "spool")),
            ("Audit:HeadFile", Path.Combine(folder, "audit-heads.jsonl")),
            ("Intake:Port", dicom.ToString(CultureInfo.InvariantCulture)), ("Web:Port", web.ToString(CultureInfo.InvariantCulture)),
            ("Operations:Port", "0"),
        ];
        var environment = own.Concat(settings).ToDictionary(
            setting => "TRIAGE__" + setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value);
        foreach (var (name, value) in TriageProgram.Environment) environment[name] = value;
        var product = new Product(ExternalTool.Start("dotnet", [TriageProgram.Path, "run", "--roles", roles], environment), environment, dicom, web);
        try
        {
            await product._ready.Task.WaitAsync(Patience);
        }
        catch (Exception fault) when (fault is TimeoutException or InvalidOperationException)
        {
            await product.KillAsync();
            throw new InvalidOperationException($"The product did not start:\n{product.Log}", fault);
        }

        return product;
    }

    /// <summary>Another verb, typed on the same machine with the same settings.</summary>
    public Task<ToolResult> TypeAsync(params string[] arguments) => ExternalTool.RunAsync("dotnet", [TriageProgram.Path, .. arguments], _environment);

    /// <summary>Pushes every file below a folder in one association, with DCMTK's sender.</summary>
    public async Task PushFolderAsync(string folder) =>
        (await ExternalTool.RunAsync("storescu", ["-aec", "TRIAGE", "-aet", "CT1", "+sd", "+r", "127.0.0.1", DicomPort.ToString(CultureInfo.InvariantCulture), folder],
            new Dictionary<string, string> { ["TCP_NODELAY"] = "1" })).Expect();

    /// <summary>The study as <c>/api/studies</c> says it, as soon as it fits; follows the product's own events meanwhile.</summary>
    /// <exception cref="TimeoutException">With the last answer and the log.</exception>
    public async Task<JsonNode> StudyAsync(string studyUid, Func<JsonNode, bool> fits)
    {
        JsonNode? study = null;
        try
        {
            await foreach (var _ in EventsAsync(new CancellationTokenSource(Patience).Token))
            {
                using var answer = await Http.GetAsync(new Uri($"api/studies/{studyUid}", UriKind.Relative));
                if (answer.StatusCode == HttpStatusCode.NotFound) continue;
                study = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>();
                if (fits(study!)) return study!;
            }
        }
        catch (OperationCanceledException)
        {
            // Told below.
        }

        throw new TimeoutException($"Study {studyUid} did not get there within {Patience}. It says:\n{study}\nThe log says:\n{Log}");
    }

    public async Task<JsonNode> WorklistAsync() => (await Http.GetFromJsonAsync<JsonNode>(new Uri("api/worklist", UriKind.Relative)))!;

    /// <summary>Ends the process as a power cut of the process would.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Stops it as an administrator does.</summary>
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

    // One item at once, then one per event.
    private async IAsyncEnumerable<bool> EventsAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        using var reader = new StreamReader(await Http.GetStreamAsync(new Uri("events", UriKind.Relative), stop));
        yield return true;
        while (await reader.ReadLineAsync(stop) is { } line)
            if (line.StartsWith("event:", StringComparison.Ordinal)) yield return true;
    }

    private void Heard(string? line)
    {
        if (line is null) return;
        _log.Enqueue(line);
        if (line.StartsWith("Roles:", StringComparison.Ordinal)) _ready.TrySetResult();
    }
}
