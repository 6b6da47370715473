using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Chaos;

/// <summary>A PACS that counts: what it holds by SOP Instance UID, how often each came, and whether a repeat had the same bytes.</summary>
internal sealed class CountingReceiver : IAssociationService, IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentDictionary<string, Held> _held = new();
    private readonly SemaphoreSlim _arrivals = new(0);
    private volatile TaskCompletionSource? _hang;

    private CountingReceiver()
    {
        Port = Loopback.FreePort();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, Port, listen =>
            listen.UseDicom(new DicomConnectionHandler(new DicomScpOptions(), this, TimeProvider.System))));
        _server = builder.Build();
    }

    public const string Ae = "COUNTER";

    public int Port { get; }

    /// <summary>What is held, by SOP Instance UID.</summary>
    public IReadOnlyDictionary<string, Held> Documents => _held;

    /// <param name="Arrivals">1 when it came once.</param>
    /// <param name="Digest">Of the first arrival's data set.</param>
    /// <param name="Differs">A repeat had other bytes.</param>
    public sealed record Held(int Arrivals, string Digest, bool Differs);

    public static async Task<CountingReceiver> StartAsync()
    {
        var receiver = new CountingReceiver();
        await receiver._server.StartAsync();
        return receiver;
    }

    /// <summary>From now on objects are taken and not answered, until <see cref="Resume"/>.</summary>
    public void Hang() => _hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume()
    {
        _hang?.TrySetResult();
        _hang = null;
    }

    /// <summary>Waits for the next object that comes whole, also one that is not answered.</summary>
    public async Task<bool> NextAsync(TimeSpan atMost) => await _arrivals.WaitAsync(atMost);

    public ValueTask<Admission> AdmitAsync(AssociationCaller caller, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Admission>(new Admission.Accepted(new StorageService(new Session(this))));

    public void Dismissed(EndPoint? remote, string because)
    {
    }

    public async ValueTask DisposeAsync()
    {
        Resume();
        await _server.DisposeAsync();
        _arrivals.Dispose();
    }

    private async Task<StoreVerdict> KeepAsync(string sop, byte[] digest)
    {
        var hash = Convert.ToHexStringLower(digest);
        _held.AddOrUpdate(sop, _ => new Held(1, hash, false), (_, held) => held with { Arrivals = held.Arrivals + 1, Differs = held.Differs || held.Digest != hash });
        _arrivals.Release();
        if (_hang is { } hang) await hang.Task;
        return StoreVerdict.Stored;
    }

    private sealed class Session(CountingReceiver receiver) : IStorageSession
    {
        public ValueTask<IIncomingObject> BeginAsync(StoreHead head, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IIncomingObject>(new Incoming(receiver, head.SopInstanceUid));

        public void Refused(StoreHead head, StoreVerdict verdict, string because)
        {
        }

        public ValueTask EndAsync(AssociationEnding ending, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }

    private sealed class Incoming(CountingReceiver receiver, string sop) : IIncomingObject
    {
        private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            _digest.AppendData(bytes.Span);
            return ValueTask.CompletedTask;
        }

        public async ValueTask<StoreVerdict> KeepAsync(DataSetScan scan, CancellationToken cancellationToken) =>
            await receiver.KeepAsync(sop, _digest.GetHashAndReset());

        public ValueTask RefuseAsync(StoreVerdict verdict, string because, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync()
        {
            _digest.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
