using System.Runtime.InteropServices;

namespace TriageWorker.Host.Roles;

/// <summary>
/// Ctrl-C and SIGTERM from the first moment of a start on: the command line's own handling begins only once a verb first
/// waits, and a model may be loading by then. Whoever sends one again does not want to wait.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly PosixSignalRegistration[] _signals;
    private int _received;

    /// <param name="again">Called for each signal after the first.</param>
    /// <param name="stop">Stops too.</param>
    public StopSignals(Action again, CancellationToken stop)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _signals = [Register(PosixSignal.SIGINT), Register(PosixSignal.SIGTERM)];

        PosixSignalRegistration Register(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            if (Interlocked.Increment(ref _received) == 1) _stop.Cancel();
            else again();
        });
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _stop.Dispose();
    }
}
