using System.Runtime.InteropServices;

namespace TriageWorker.Host;

/// <summary>
/// Ctrl-C and SIGTERM, from the first moment on and in one place. The command line's own handling would begin only once a verb
/// first waits, and it keeps later signals from everybody else until the verb has ended.
/// </summary>
public sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _signals;
    private Action? _again;
    private int _received;

    public StopSignals() => _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Receive), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Receive)];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Says what every signal after the first does. Until somebody does, it ends the process at once.</summary>
    public void Again(Action then) => Volatile.Write(ref _again, then);

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _stop.Dispose();
    }

    private void Receive(PosixSignalContext context)
    {
        var isFirst = Interlocked.Increment(ref _received) == 1;
        var again = Volatile.Read(ref _again);
        context.Cancel = isFirst || again is not null;
        if (isFirst) Cancel();
        else again?.Invoke();
    }

    private void Cancel()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Everything has ended meanwhile.
        }
    }
}
