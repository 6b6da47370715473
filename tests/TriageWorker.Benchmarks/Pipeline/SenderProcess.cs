using System.Globalization;
using TriageWorker.Dicom.Network;
using TriageWorker.Host;
using TriageWorker.Host.Sending;

namespace TriageWorker.Benchmarks.Pipeline;

/// <summary>This program as the scanner: sends folders one after the other and ends.</summary>
public static class SenderProcess
{
    public const string Verb = "send-studies";

    /// <param name="arguments">HOST:PORT, the number of the first caller, folders.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var receiver = Receiver.Parse(arguments[0]);
        var caller = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        foreach (var folder in arguments.Skip(2))
        {
            var request = new AssociationRequest { Host = receiver.Host, Port = receiver.Port, CalledAe = "TRIAGE", CallingAe = $"BENCH{caller++}" };
            await foreach (var outcome in new Sender(request).SendAsync(Consignment.Gather(folder).Files))
                if (outcome.Fate != FileFate.Stored) return ExitCode.SomeFailed;
        }

        return ExitCode.Done;
    }
}
