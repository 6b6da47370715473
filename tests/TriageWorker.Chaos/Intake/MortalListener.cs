using System.Globalization;
using TriageWorker.Testing;

namespace TriageWorker.Chaos;

/// <summary>The product's listener on a port of its own, one life after the other: each ends by SIGKILL, from outside or at a fail point.</summary>
internal sealed class MortalListener : IAsyncDisposable
{
    private const string KillAt = "Testing:KillAt", KillAtPassing = "Testing:KillAtPassing";
    private const int Killed = 128 + 9; // by SIGKILL
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250), LongestLife = TimeSpan.FromSeconds(20);
    private readonly Dictionary<string, string> _settings;
    private readonly RoleProcess _process;
    private volatile TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public MortalListener(string name, IEnumerable<KeyValuePair<string, string>> settings)
    {
        (Port, WebPort) = (Loopback.FreePort(), Loopback.FreePort());
        _settings = new Dictionary<string, string>(settings)
        {
            ["Intake:Port"] = Port.ToString(CultureInfo.InvariantCulture), ["Intake:DicomWeb:Port"] = WebPort.ToString(CultureInfo.InvariantCulture),
        };
        _process = new RoleProcess(name, "intake", _settings);
    }

    public int Port { get; }

    /// <summary>For STOW-RS.</summary>
    public int WebPort { get; }

    public RoleProcess Process => _process;

    /// <summary>Completed while it listens.</summary>
    public Task ListeningAsync() => _listening.Task;

    /// <summary>Lives until the fail point; or, when it is not passed for long, until it is killed.</summary>
    /// <param name="beat">Called four times a second.</param>
    /// <returns>Whether it died at the point.</returns>
    public async Task<bool> LiveToPointAsync(string point, int passing, Action beat)
    {
        _settings[KillAt] = point;
        _settings[KillAtPassing] = passing.ToString(CultureInfo.InvariantCulture);
        var ended = Launch();
        await Task.WhenAny(ListeningAsync(), ended);
        var died = await BeatAsync(ended, LongestLife, beat);
        if (died) (await ended).ShouldBe(Killed, $"{_process.Name} ended by itself, not at {point}:\n{_process.Tail()}");
        else await _process.KillAsync();
        Over();
        return died;
    }

    /// <summary>Lives for so long from when it listens on.</summary>
    /// <param name="fromLaunch">From its launch on, which may be shorter than its start takes.</param>
    public async Task LiveForAsync(TimeSpan life, bool fromLaunch, Action beat)
    {
        Disarm();
        var ended = Launch();
        if (!fromLaunch) await Task.WhenAny(ListeningAsync(), ended);
        (await BeatAsync(ended, life, beat)).ShouldBeFalse($"{_process.Name} ended by itself:\n{_process.Tail()}");
        await _process.KillAsync();
        Over();
    }

    /// <summary>The life that lasts.</summary>
    public async Task LiveOnAsync()
    {
        Disarm();
        await _process.StartAsync();
        _listening.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        _listening.TrySetCanceled();
        await _process.DisposeAsync();
    }

    private void Disarm()
    {
        _settings.Remove(KillAt);
        _settings.Remove(KillAtPassing);
    }

    /// <returns>Completed when it has ended.</returns>
    private Task<int> Launch()
    {
        var running = _process.HearAsync(line => line.Contains("Running; Ctrl-C stops.", StringComparison.Ordinal) || line.StartsWith("(process ", StringComparison.Ordinal));
        var listening = _listening;
        _ = running.ContinueWith(_ => listening.TrySetResult(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        _process.Launch(mayEnd: true);
        return _process.EndedAsync();
    }

    private static async Task<bool> BeatAsync(Task ended, TimeSpan atMost, Action beat)
    {
        using var over = new CancellationTokenSource(atMost);
        while (!over.IsCancellationRequested)
        {
            var next = Task.Delay(Beat, over.Token);
            if (await Task.WhenAny(ended, next) == ended) return true;
            beat();
        }

        return ended.IsCompleted;
    }

    private void Over()
    {
        if (_listening.Task.IsCompleted) _listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
