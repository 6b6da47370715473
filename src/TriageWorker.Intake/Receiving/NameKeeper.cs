using Microsoft.Extensions.Hosting;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>Keeps synced names ready in the spool, so that an object waits for its own bytes alone.</summary>
internal sealed class NameKeeper(Spool spool) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var next = spool.NamesRunLow.Next;
            try
            {
                spool.PrepareNames();
            }
            catch (Exception world) when (world is IOException or UnauthorizedAccessException)
            {
                // The next object meets the same fault, and its sender and the log are told.
            }

            await next.WaitAsync(stoppingToken);
        }
    }
}
