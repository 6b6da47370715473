using System.Net;
using Microsoft.Extensions.Hosting;
using Npgsql;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>Remembers who was not let in, so that whoever looks for a study finds that its scanner was refused. Written beside the refusing, which waits for nothing.</summary>
internal sealed class RefusedCallers(RefusedCallerStore store, TimeProvider clock) : BackgroundService
{
    private const int MostAtOnce = 200; // whoever can reach the port may try any number of titles; the log has them all
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(2);
    private readonly Dictionary<(string CallingAe, string CalledAe, string Address, string Because), long> _refused = [];

    public void Note(AssociationCaller caller, string because)
    {
        var key = (caller.CallingAe, caller.CalledAe, AddressOf(caller.Remote), because);
        lock (_refused)
            if (_refused.Count < MostAtOnce || _refused.ContainsKey(key)) _refused[key] = _refused.GetValueOrDefault(key) + 1;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(WriteEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await WriteAsync(stoppingToken);
            }
            catch (NpgsqlException)
            {
                // What is not written is noted still, and tried again; that the database is away, others say.
            }
        }
    }

    private async Task WriteAsync(CancellationToken stop)
    {
        KeyValuePair<(string CallingAe, string CalledAe, string Address, string Because), long>[] noted;
        lock (_refused) noted = [.. _refused];
        foreach (var ((callingAe, calledAe, address, because), times) in noted)
        {
            await store.AddAsync(callingAe, calledAe, address, because, times, stop);
            lock (_refused)
                if ((_refused[(callingAe, calledAe, address, because)] -= times) == 0) _refused.Remove((callingAe, calledAe, address, because));
        }
        if (noted.Length > 0) await store.TrimAsync(stop);
    }

    private static string AddressOf(EndPoint? remote) => remote is IPEndPoint { Address: var address }
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : "unknown";
}
