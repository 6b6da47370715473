using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;
using TriageWorker.Dicom.Network;
using TriageWorker.Host.Roles;
using TriageWorker.Host.Sending;
using TriageWorker.Store;

namespace TriageWorker.Host.Demo;

/// <summary>One demonstration from start to end: start all roles, push, wait, report, and stay until the user has seen enough.</summary>
public sealed class DemoRun(IAnsiConsole console, DemoSettings settings)
{
    public async Task<int> RunAsync(string? ownFolder, bool once, TimeSpan deadline, CancellationToken stop)
    {
        var own = ownFolder is null ? [] : OwnStudies.In(ownFolder); // before anything starts: a wrong folder is told at once
        var configuration = settings.Build();
        await using var running = await RunningHost.StartAsync(configuration, RoleNames.All, LogSettings.From(configuration), new ConsoleProgress(console), stop);
        console.WriteLine($"All roles run: images are received at 127.0.0.1:{settings.DicomPort} (TRIAGE), the worklist is at {Page}");

        var work = Directory.CreateTempSubdirectory("triage-demo-");
        try
        {
            var pushed = await PushAllAsync(own, work.FullName, stop);
            var outcomes = await WaitAsync(running, pushed, deadline, stop);
            DemoReport.Print(console, outcomes, settings, Page);
            if (!once) await StayAsync(running, stop);
            return outcomes.All(outcome => outcome.State is not null) ? ExitCode.Done : ExitCode.SomeFailed;
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private string Page => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{settings.WebPort}/");

    private async Task<IReadOnlyList<PushedStudy>> PushAllAsync(IReadOnlyList<DemoStudy> own, string work, CancellationToken stop)
    {
        var pushed = new List<PushedStudy>();
        await Progress.RunAsync(console, "pushing studies over DICOM", DemoPhantoms.Count + own.Count, async advance =>
        {
            foreach (var study in DemoPhantoms.Draw(work, stop).Concat(own))
            {
                pushed.Add(await PushAsync(study, pushed.Count + 1, stop));
                advance();
            }
        });
        return pushed;
    }

    /// <summary>Each study comes from a scanner of its own, so that none waits for another to go quiet.</summary>
    private async Task<PushedStudy> PushAsync(DemoStudy study, int scanner, CancellationToken stop)
    {
        var receiver = new AssociationRequest { Host = "127.0.0.1", Port = settings.DicomPort, CalledAe = "TRIAGE", CallingAe = $"DEMO-CT{scanner}" };
        var outcomes = await new Sender(receiver).SendAsync(study.Files, stop).ToListAsync(stop);
        return new PushedStudy(study, [.. outcomes, .. study.Unsuitable]);
    }

    private async Task<IReadOnlyList<DemoOutcome>> WaitAsync(RunningHost running, IReadOnlyList<PushedStudy> pushed, TimeSpan deadline, CancellationToken stop)
    {
        IReadOnlyList<DemoOutcome> outcomes = [];
        var watch = new DemoWatch(running.Services.GetRequiredService<StudyPageStore>(), TimeProvider.System);
        await Progress.RunAsync(console, "waiting for outcomes", pushed.Count, async advance => outcomes = await watch.UntilDecidedAsync(pushed, deadline, advance, stop));
        return outcomes;
    }

    private async Task StayAsync(RunningHost running, CancellationToken stop)
    {
        console.WriteLine($"The page stays up, and more studies may be sent: ./triage send DIR --to localhost:{settings.DicomPort}");
        console.WriteLine("Ctrl-C stops everything.");
        await running.UntilStoppedAsync(stop);
    }
}
