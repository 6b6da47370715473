using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using TriageWorker.Dicom.Network;
using TriageWorker.Host;

namespace TriageWorker.Benchmarks.Dicom;

/// <summary>This program as the receiver: Kestrel as the intake role sets it up, and a folder in place of the spool.</summary>
/// <remarks>Says its port, then answers each line of its input with the bytes allocated since it started; ends with its input.</remarks>
public static class ReceiverProcess
{
    public const string Verb = "receive-objects";

    /// <param name="arguments">A folder, or nothing to keep nothing.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseDicom(FolderStorage.Receiver(arguments.FirstOrDefault()))));
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, LargeBlockPoolFactory>();
        await using var host = builder.Build();
        await host.StartAsync();
        Console.WriteLine(new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port);
        while (await Console.In.ReadLineAsync() is not null) Console.WriteLine(GC.GetTotalAllocatedBytes());
        await host.StopAsync();
        return ExitCode.Done;
    }
}
