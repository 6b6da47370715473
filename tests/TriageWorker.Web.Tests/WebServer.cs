using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TriageWorker.Bus;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Web.Tests;

/// <summary>The web role on a real Kestrel over a database of its own. Studies are put there through the stores.</summary>
public sealed class WebServer(PostgresServer postgres) : IAsyncLifetime
{
    private readonly PostgresFixture _data = new(postgres);
    private readonly DirectoryInfo _spool = Directory.CreateTempSubdirectory("web-spool");
    private WebApplication? _app;

    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public string Address { get; private set; } = "";

    public IServiceProvider Services => _app!.Services;

    /// <summary>What puts studies into the database, as the roles do.</summary>
    public Studies Studies { get; private set; } = null!;

    /// <summary>A store of the running role.</summary>
    public T Get<T>() where T : notnull => _app!.Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        await _data.InitializeAsync();
        await StartAsync(port: 0);
        Client.BaseAddress = new Uri(Address);
    }

    /// <summary>Stops and starts the role at the same address, as an update does.</summary>
    public async Task StopAsync() => await _app!.DisposeAsync();

    public Task StartAgainAsync() => StartAsync(new Uri(Address).Port);

    private async Task StartAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Web:Port"] = $"{port}",
            ["Site:TimeZone"] = "Europe/Berlin",
            ["Spool:Folder"] = _spool.FullName,
            ["Destinations:0:Name"] = "demo-pacs",
            ["Destinations:0:Demonstration"] = "true",
            ["Destinations:1:Name"] = "hospital-pacs",
        });
        _data.AddTo(builder.Services);
        builder.Services.AddOptions<SiteOptions>().BindConfiguration(SiteOptions.Section);
        builder.Services.AddOptions<SpoolOptions>().BindConfiguration(SpoolOptions.Section);
        builder.Services.AddOptions<DestinationOptions>().Bind(builder.Configuration);
        builder.Services.AddStores();
        builder.Services.AddSingleton<WorkQueue>();
        builder.Services.AddWeb();
        builder.Services.AddSingleton<IReadOnlyList<StatedPolicy>>([new("Delivery", $"{RetryPolicy.Default}"), new("A destination that is down", $"{new BreakerPolicy()}")]);
        _app = builder.Build();
        _app.MapWeb();
        await _app.StartAsync();
        Address = _app.Urls.Single();
        Studies = ActivatorUtilities.CreateInstance<Studies>(_app.Services, _spool);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        await _data.DisposeAsync();
        _spool.Delete(recursive: true);
    }
}
