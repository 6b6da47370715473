using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using TriageWorker.Host;
using TriageWorker.Host.Roles;
using TriageWorker.Host.Settings;
using TriageWorker.Intake;
using TriageWorker.Store;

namespace TriageWorker.Benchmarks.Pipeline;

/// <summary>All roles in this process on a fresh embedded database, and a sender in another.</summary>
public sealed class RunningPipeline : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10), Look = TimeSpan.FromMilliseconds(100);
    private readonly RunningHost _host;
    private int _callers;

    private readonly ListNotices _list;

    private RunningPipeline(RunningHost host, string package)
    {
        (_host, Package) = (host, package);
        _list = new ListNotices(host.Services.GetRequiredService<WorklistChanges>(), TimeProvider.System);
    }

    /// <summary>The folder of the model package that scores.</summary>
    public string Package { get; }

    public static async Task<RunningPipeline> StartAsync(string folder, TimeSpan idle, CancellationToken stop)
    {
        var package = Path.Combine(Home.Models, "phantom");
        var settings = SettingsSource.DefaultsWith(new Dictionary<string, string?>
        {
            ["Database:Embedded:Data"] = Path.Combine(folder, "postgres"),
            ["Spool:Folder"] = Path.Combine(folder, "spool"),
            ["Audit:HeadFile"] = Path.Combine(folder, "audit-heads.jsonl"),
            ["Intake:Port"] = "0",
            ["Intake:IdleTime"] = idle.ToString(null, CultureInfo.InvariantCulture),
            ["Web:Port"] = "0",
            ["Scoring:Packages:0:Folder"] = package,
            ["Log:Level"] = "Warning",
        });
        return new RunningPipeline(await RunningHost.StartAsync(settings, RoleNames.All, LogSettings.From(settings), new Progress<string>(), stop), package);
    }

    /// <summary>Pushes studies back to back, each over an association and under a title of its own, and waits until the outcome of each is on the list.</summary>
    public async Task<IReadOnlyList<StudyTimes>> PushAsync(IReadOnlyList<PipelineStudy> studies, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(Deadline);
        var sending = SendAsync(studies, deadline.Token);
        var pages = _host.Services.GetRequiredService<StudyPageStore>();
        var times = new List<StudyTimes>();
        using var timer = new PeriodicTimer(Look);
        foreach (var study in studies)
        {
            DateTimeOffset? listed;
            while ((listed = await ListedAsync(pages, study, deadline.Token)) is null) await timer.WaitForNextTickAsync(deadline.Token);
            times.Add(StudyTimes.Of((await pages.FindAsync(study.Uid, deadline.Token))!, listed.Value));
        }

        await sending;
        return times;
    }

    public async ValueTask DisposeAsync()
    {
        await _list.DisposeAsync();
        await _host.DisposeAsync();
    }

    private async Task<DateTimeOffset?> ListedAsync(StudyPageStore pages, PipelineStudy study, CancellationToken stop) =>
        await pages.DecisionsAsync(study.Uid, stop) is [.., var last] ? _list.FirstSince(last.DecidedAt, study.Uid) : null;

    // The sender is this program again, so that one process sends all studies and its start is not part of each.
    private async Task SendAsync(IReadOnlyList<PipelineStudy> studies, CancellationToken stop)
    {
        var address = _host.Services.GetRequiredService<IntakeEndpoint>().Address;
        using var sender = Process.Start(new ProcessStartInfo("dotnet",
            [typeof(RunningPipeline).Assembly.Location, SenderProcess.Verb, $"{address.Address}:{address.Port}", $"{_callers}", .. studies.Select(study => study.Folder)]))!;
        _callers += studies.Count;
        await sender.WaitForExitAsync(stop);
        if (sender.ExitCode != 0) throw new InvalidOperationException($"The sender ended with {sender.ExitCode}: some image was not stored.");
    }
}
