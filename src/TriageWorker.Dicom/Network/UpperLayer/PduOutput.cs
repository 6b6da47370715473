using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace TriageWorker.Dicom.Network;

/// <summary>Sends PDUs one after the other, each within its deadline.</summary>
[SuppressMessage("Usage", "CA2213", Justification = "A semaphore without a wait handle holds nothing, and disposing it would leave those that wait for it waiting.")]
internal sealed class PduOutput : IDisposable
{
    private readonly PipeWriter _output;
    private readonly UpperLayerLimits _limits;
    private readonly Deadline _deadline;
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <param name="cut">Breaks the transport connection, for a peer that takes nothing.</param>
    public PduOutput(PipeWriter output, UpperLayerLimits limits, TimeProvider time, Action cut)
    {
        (_output, _limits) = (output, limits);
        _deadline = new Deadline(time, () =>
        {
            WasCut = true;
            cut();
        });
    }

    /// <summary>True when the association is about to end: the peer gets little time, and what it has said already is all that counts.</summary>
    public bool IsHurried { get; private set; }

    /// <summary>True when a deadline passed and the connection was broken for it.</summary>
    public bool WasCut { get; private set; }

    public Task TakeTurnAsync() => _turn.WaitAsync();

    public void EndTurn() => _turn.Release();

    public void Hurry()
    {
        IsHurried = true;
        _deadline.Shorten(_limits.Close);
    }

    /// <summary>Sends in the turn that the caller has. False when the peer did not take it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> pdu)
    {
        try
        {
            _deadline.Set(IsHurried ? _limits.Close : _limits.Send);
            var flush = await _output.WriteAsync(pdu);
            return flush is { IsCompleted: false, IsCanceled: false };
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            return false; // what the peer said before it went away, such as the reason, is still read
        }
        finally
        {
            _deadline.Suspend();
        }
    }

    public void Dispose()
    {
        _deadline.Dispose();
    }
}
