using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace TriageWorker.Testing;

/// <summary>
/// A real PACS: Orthanc with a configuration, ports and files of its own. Its HTTP port is on loopback; its DICOM port takes
/// associations only from loopback and only from <see cref="CallingAe"/>.
/// </summary>
public sealed class OrthancFixture : IAsyncLifetime
{
    public const string Ae = "ORTHANC", CallingAe = "TRIAGE";

    /// <summary>Debian: orthanc-dicomweb.</summary>
    public const string DicomWebPlugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";

    private const string Program = "/usr/sbin/Orthanc";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly int _httpPort = Loopback.FreePort();
    private Process? _process;

    public int DicomPort { get; } = Loopback.FreePort();

    /// <summary>Its DICOMweb service, where <see cref="Options"/> name <see cref="DicomWebPlugin"/> among the <c>Plugins</c>.</summary>
    public Uri DicomWeb => At("dicom-web");

    /// <summary>What it is started with beside the environment of this process.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("Orthanc is not running.");

    /// <summary>What its configuration says beside the rest, such as <c>DicomTlsEnabled</c>.</summary>
    public IReadOnlyDictionary<string, object> Options { get; init; } = new Dictionary<string, object>();

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Program)) throw new FileNotFoundException("Orthanc is not installed (Debian: orthanc).");
        var configuration = new Dictionary<string, object>
        {
            ["Name"] = "test", ["StorageDirectory"] = _folder.At("storage"), ["IndexDirectory"] = _folder.At("index"), ["Plugins"] = Array.Empty<string>(),
            ["HttpPort"] = _httpPort, ["RemoteAccessAllowed"] = false, ["AuthenticationEnabled"] = false,
            ["DicomPort"] = DicomPort, ["DicomAet"] = Ae, ["DicomCheckCalledAet"] = true,
            ["DicomAlwaysAllowStore"] = false, ["DicomAlwaysAllowEcho"] = false, ["DicomCheckModalityHost"] = true,
            ["DicomModalities"] = new Dictionary<string, object> { ["triage"] = new object[] { CallingAe, "127.0.0.1", 104 } },
        };
        foreach (var (name, value) in Options) configuration[name] = value;
        await File.WriteAllTextAsync(_folder.At("orthanc.json"), JsonSerializer.Serialize(configuration));
        await StartAsync();
    }

    /// <summary>Starts it on the same ports and files; returns when it answers.</summary>
    public async Task StartAsync()
    {
        _process = ExternalTool.Start(Program, [_folder.At("orthanc.json")], Environment);
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var patience = new CancellationTokenSource(Patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await tick.WaitForNextTickAsync(patience.Token))
        {
            if (_process.HasExited) throw new InvalidOperationException($"Orthanc ended with {_process.ExitCode} while it started.");
            try
            {
                using var answer = await _http.GetAsync(At("system"), patience.Token);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }
        }
    }

    public async Task StopAsync()
    {
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>The files of a study, as they were received.</summary>
    public async Task<IReadOnlyList<byte[]>> FilesAsync(string studyUid)
    {
        using var question = new StringContent(JsonSerializer.Serialize(new { Level = "Instance", Query = new { StudyInstanceUID = studyUid } }));
        using var answer = await _http.PostAsync(At("tools/find"), question);
        answer.EnsureSuccessStatusCode();
        var files = new List<byte[]>();
        foreach (var id in await answer.Content.ReadFromJsonAsync<string[]>() ?? []) files.Add(await _http.GetByteArrayAsync(At($"instances/{id}/file")));
        return files;
    }

    /// <summary>How many objects it holds.</summary>
    public async Task<int> CountAsync(CancellationToken cancellationToken = default) =>
        (await _http.GetFromJsonAsync<JsonElement>(At("statistics"), cancellationToken)).GetProperty("CountInstances").GetInt32();

    /// <summary>Deletes all studies.</summary>
    public async Task ClearAsync(CancellationToken cancellationToken = default)
    {
        foreach (var id in await _http.GetFromJsonAsync<string[]>(At("studies"), cancellationToken) ?? [])
        {
            using var answer = await _http.DeleteAsync(At($"studies/{id}"), cancellationToken);
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Lets another AE of loopback call and be called.</summary>
    public async Task AddModalityAsync(string ae, int port, bool speaksTls = false)
    {
        using var modality = new StringContent(JsonSerializer.Serialize(new { AET = ae, Host = "127.0.0.1", Port = port, UseDicomTls = speaksTls }));
        using var answer = await _http.PutAsync(At($"modalities/{ae}"), modality);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>What its REST interface says there.</summary>
    public Task<JsonElement> GetAsync(string path) => _http.GetFromJsonAsync<JsonElement>(At(path));

    /// <summary>Has its REST interface do something.</summary>
    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var request = new StringContent(JsonSerializer.Serialize(body));
        using var answer = await _http.PostAsync(At(path), request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonSerializer.Deserialize<JsonElement>(text) : throw new InvalidOperationException($"Orthanc answered {path} with {answer.StatusCode}: {text}");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    /// <summary>Of its REST interface and, with its plugin, DICOMweb.</summary>
    public Uri Address => new($"http://127.0.0.1:{_httpPort}/");

    /// <summary>The address of something below its HTTP root.</summary>
    public Uri At(string path) => new(Address, path);
}
