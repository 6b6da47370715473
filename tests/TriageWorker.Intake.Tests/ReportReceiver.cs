using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Intake.Tests;

/// <summary>A scanner's own port, where it takes the answers to its commitment requests.</summary>
internal sealed class ReportReceiver : IAssociationService, IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly Channel<(string From, CommitmentResult Result)> _reports = Channel.CreateUnbounded<(string, CommitmentResult)>();

    private ReportReceiver()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
            listen.UseDicom(new DicomConnectionHandler(new DicomScpOptions(), this, TimeProvider.System))));
        _host = builder.Build();
    }

    public int Port => new Uri(_host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    public static async Task<ReportReceiver> StartAsync()
    {
        var receiver = new ReportReceiver();
        await receiver._host.StartAsync();
        return receiver;
    }

    public async Task<(string From, CommitmentResult Result)> NextAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        return await _reports.Reader.ReadAsync(patience.Token);
    }

    public ValueTask<Admission> AdmitAsync(AssociationCaller caller, CancellationToken cancellationToken) => ValueTask.FromResult<Admission>(
        new Admission.Accepted(new CommitmentReports((result, _) => _reports.Writer.WriteAsync((caller.CallingAe, result), cancellationToken))));

    public void Dismissed(EndPoint? remote, string because) { }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
