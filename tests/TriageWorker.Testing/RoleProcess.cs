using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace TriageWorker.Testing;

/// <summary>
/// One <c>triage run --roles …</c> with settings of its own. It may be ended and started again any number of times; what it
/// logged in all its lives stays, and an end that nobody asked for is kept.
/// </summary>
public sealed class RoleProcess(string name, string roles, IReadOnlyDictionary<string, string> settings) : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly ConcurrentQueue<string> _log = new();
    private readonly ConcurrentQueue<string> _deaths = new();
    private readonly Lock _listening = new();
    private readonly List<(Predicate<string> Fits, TaskCompletionSource<string> Heard)> _listeners = [];
    private Process? _process;
    private volatile bool _isEndExpected;

    public string Name => name;

    public string Roles => roles;

    public int Id => _process?.Id ?? 0;

    /// <summary>With what the owner of its leases begins; the rest is drawn at each start.</summary>
    public string Node => $"{Environment.MachineName}:{Id}:";

    public bool IsRunning => _process is { HasExited: false };

    public IReadOnlyCollection<string> Log => _log;

    /// <summary>How long the last stop took.</summary>
    public TimeSpan TookToStop { get; private set; }

    /// <summary>Ends that nobody asked for, in words.</summary>
    public IReadOnlyCollection<string> Deaths => _deaths;

    /// <summary>Starts it; returns when it says that it runs.</summary>
    public async Task StartAsync()
    {
        var running = HearAsync(line => line.Contains("Running; Ctrl-C stops.", StringComparison.Ordinal));
        Launch();
        await running;
    }

    /// <summary>Starts it and does not wait.</summary>
    /// <param name="mayEnd">An end by itself is no death: it was told to kill itself somewhere.</param>
    public void Launch(bool mayEnd = false)
    {
        _isEndExpected = mayEnd;
        var environment = settings.ToDictionary(setting => "TRIAGE__" + setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value);
        foreach (var (key, value) in TriageProgram.Environment) environment[key] = value;
        environment["TRIAGE_TESTING"] = "1";
        environment["DOTNET_TieredPGO"] = "0"; // short lives
        var process = ExternalTool.Start("dotnet", [TriageProgram.Path, "run", "--roles", roles], environment);
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.Exited += (_, _) =>
        {
            if (!_isEndExpected) _deaths.Enqueue($"{name} ended by itself with {process.ExitCode}");
            Hear($"(process {process.Id} ended with {process.ExitCode})");
        };
        _process = process;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.EnableRaisingEvents = true;
    }

    /// <summary>The next line that fits, from now on. An end of the process that nobody asked for ends the waiting too.</summary>
    public async Task<string> HearAsync(Predicate<string> fits)
    {
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_listening) _listeners.Add((fits, heard));
        try
        {
            return await heard.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{name} did not say within {Patience} what was waited for. It said:\n{Tail()}");
        }
    }

    /// <summary>A power cut of this process alone.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process) return;
        _isEndExpected = true;
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
    }

    public async Task SignalAsync(string signal)
    {
        if (signal is "TERM" or "INT" or "QUIT") _isEndExpected = true;
        await UnixSignal.SendAsync(signal, Id);
    }

    /// <summary>Stops it as an administrator or an orchestrator does.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        if (_process is not { } process) return 0;
        var began = TimeProvider.System.GetTimestamp();
        if (!process.HasExited) await SignalAsync("TERM");
        await EndedAsync();
        TookToStop = TimeProvider.System.GetElapsedTime(began);
        return process.ExitCode;
    }

    public async Task<int> EndedAsync()
    {
        try
        {
            await _process!.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{name} (process {Id}) did not end within {Patience}. It said:\n{Tail()}");
        }

        return _process.ExitCode;
    }

    public string Tail(int lines = 40) => string.Join('\n', _log.TakeLast(lines));

    public async ValueTask DisposeAsync()
    {
        await SignalAsync("CONT");
        await KillAsync();
        _process?.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        _log.Enqueue(line);
        var hasEnded = line.StartsWith("(process ", StringComparison.Ordinal);
        List<TaskCompletionSource<string>> told = [];
        lock (_listening)
        {
            foreach (var listener in _listeners.ToArray())
            {
                if (!listener.Fits(line) && !(hasEnded && !_isEndExpected)) continue;
                told.Add(listener.Heard);
                _listeners.Remove(listener);
            }
        }

        foreach (var heard in told)
        {
            if (hasEnded) heard.TrySetException(new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{name} ended: {line}\n{Tail()}")));
            else heard.TrySetResult(line);
        }
    }
}
