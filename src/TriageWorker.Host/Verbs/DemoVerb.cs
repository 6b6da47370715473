using System.CommandLine;
using Spectre.Console;
using TriageWorker.Host.Demo;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage demo</c>: the whole product on this machine, fed with three synthetic studies and, if wanted, the user's own.</summary>
public static class DemoVerb
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public static Command Create(IAnsiConsole console)
    {
        var study = new Option<string?>("--study") { Description = "Also push this folder of DICOM files.", HelpName = "DIR" };
        var once = new Option<bool>("--once") { Description = "End after the outcomes are printed. Ends with 1 when a study has none." };
        var port = new Option<int>("--port") { Description = $"Where the page is served; {DemoSettings.UsualWebPort} or a free one by default." };
        var dicomPort = new Option<int>("--dicom-port") { Description = $"Where images are received; {DemoSettings.UsualDicomPort} or a free one by default." };
        var deadline = new Option<int>("--deadline")
        {
            Description = "Seconds that the studies may take after the last one was pushed.", HelpName = "SECONDS",
            DefaultValueFactory = _ => (int)Deadline.TotalSeconds,
        };
        var data = new Option<DirectoryInfo>("--data")
        {
            Description = "Where the demonstration keeps its database and images.", HelpName = "DIR",
            DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(Home.Data, "demo")),
        };
        var command = new Command("demo", "Start everything on this machine, push three synthetic studies, and show what became of them.") { study, once, port, dicomPort, deadline, data };
        command.SetAction((parsed, stop) => new DemoRun(console, new DemoSettings(
                parsed.GetRequiredValue(data).FullName,
                parsed.GetValue(dicomPort) is > 0 and var dicom ? dicom : FreePort.Near(DemoSettings.UsualDicomPort),
                parsed.GetValue(port) is > 0 and var web ? web : FreePort.Near(DemoSettings.UsualWebPort)))
            .RunAsync(parsed.GetValue(study), parsed.GetValue(once), TimeSpan.FromSeconds(parsed.GetValue(deadline)), stop));
        return command;
    }
}
