using System.Runtime.InteropServices;

namespace TriageWorker.Host.Roles;

/// <summary>Ctrl-C or SIGTERM once more, while a process stops: whoever sends it does not want to wait.</summary>
internal sealed class SecondSignal : IDisposable
{
    private readonly PosixSignalRegistration[] _signals;

    /// <param name="first">Cancelled by the first signal, whoever handles it.</param>
    /// <param name="then">Called for each signal after that.</param>
    public SecondSignal(CancellationToken first, Action then)
    {
        _signals = [Register(PosixSignal.SIGINT), Register(PosixSignal.SIGTERM)];

        PosixSignalRegistration Register(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            if (first.IsCancellationRequested) then();
        });
    }

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
    }
}
