using System.Globalization;
using Microsoft.Extensions.Configuration;
using TriageWorker.Host.Settings;

namespace TriageWorker.Host.Demo;

/// <summary>A demonstration runs on the product's defaults, in a folder of its own: whatever is configured here for production is left alone.</summary>
/// <param name="Folder">Database and images of the demonstration; kept between runs.</param>
public sealed record DemoSettings(string Folder, int DicomPort, int WebPort)
{
    public const int UsualDicomPort = 11112, UsualWebPort = 8080;

    public string Spool => Path.Combine(Folder, "spool");

    public IConfigurationRoot Build() => SettingsSource.DefaultsWith(new Dictionary<string, string?>
    {
        ["Database:Embedded:Data"] = Path.Combine(Folder, "postgres"),
        ["Spool:Folder"] = Spool,
        ["Audit:HeadFile"] = Path.Combine(Folder, "audit-heads.jsonl"),
        ["Intake:Port"] = DicomPort.ToString(CultureInfo.InvariantCulture),
        ["Intake:IdleTime"] = "00:00:02", // nobody waits for a slow scanner here
        ["Web:Port"] = WebPort.ToString(CultureInfo.InvariantCulture),
        ["Log:Level"] = "Warning",
    });
}
