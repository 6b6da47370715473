using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Intake.Tests;

/// <summary>The role as a host puts it together, on a free port, with its log in hand.</summary>
internal sealed class RunningIntake : IAsyncDisposable
{
    private readonly WebApplication _host;

    private RunningIntake(WebApplication host, LogLines log) => (_host, Log) = (host, log);

    public LogLines Log { get; }

    public int Port => _host.Services.GetRequiredService<IntakeEndpoint>().Address.Port;

    /// <summary>What its DICOMweb resources stand below, with a slash at the end.</summary>
    public Uri DicomWeb => _host.Services.GetRequiredService<IntakeWebEndpoint>().Root!;

    public int SecuredPort => _host.Services.GetRequiredService<IntakeEndpoint>().SecuredAddress!.Port;

    public T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    public static async Task<RunningIntake> StartAsync(string connectionString, string spool, params (string Key, string Value)[] settings)
    {
        var log = new LogLines();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(
        [
            new("Database:ConnectionString", connectionString), new("Spool:Folder", spool), new("Spool:MinimumFreeBytes", "0"), new("Intake:Port", "0"), new("Intake:DicomWeb:Port", "0"),
        ]);
        builder.Configuration.AddInMemoryCollection(settings.Select(pair => new KeyValuePair<string, string?>(pair.Key, pair.Value)));
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().UseUrls();
        builder.Logging.AddProvider(log).AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.AddStore(builder.Configuration);
        builder.Services.AddIntake();
        var host = builder.Build();
        host.UseIntakeWeb();
        await host.StartAsync();
        return new RunningIntake(host, log);
    }

    public AssociationRequest Call(string callingAe = "CT1") =>
        new() { Host = "127.0.0.1", Port = Port, CalledAe = "TRIAGE", CallingAe = callingAe };

    /// <summary>Pushes files over one association, as they are.</summary>
    public async Task<List<DimseStatus>> PushAsync(IEnumerable<string> files, CancellationToken stop)
    {
        var statuses = new List<DimseStatus>();
        await using var association = await DicomAssociation.RequestAsync(Call() with { Contexts = AssociationRequest.ForFiles(files) }, stop);
        foreach (var file in files) statuses.Add(await association.StoreAsync(file, stop));
        await association.ReleaseAsync(stop);
        return statuses;
    }

    /// <summary>The names that the spool has ready lead to a device from now on.</summary>
    public async Task BecomeAsync(string device)
    {
        var incoming = Path.Combine(Get<Spool>().Folder, "incoming");
        await Rows.UntilAsync(_ => Task.FromResult(Directory.GetFiles(incoming, "*.part", SearchOption.AllDirectories).Length >= 128));
        Get<Spool>().PrepareNames(); // those may still wait for the sync after which they are taken, and a name made meanwhile would be no device
        SomeDevice.Become(device, incoming);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await _host.DisposeAsync();
    }
}

/// <summary>Every log line, to be waited for.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();
    private volatile TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IEnumerable<string> All => _lines;

    /// <summary>The first line that has these words.</summary>
    public async Task<string> LineAsync(string words)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            var more = _more.Task;
            if (_lines.FirstOrDefault(line => line.Contains(words, StringComparison.Ordinal)) is { } line) return line;
            await more.WaitAsync(patience.Token);
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose() { }

    private sealed class Logger(LogLines lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lines._lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}".TrimEnd());
            Interlocked.Exchange(ref lines._more, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
    }
}
