using System.CommandLine;

namespace TriageWorker.Host.Settings;

/// <summary><c>--config FILE</c>, the same for every verb that reads settings.</summary>
public static class SettingsOption
{
    public static Option<FileInfo?> Create() => new("--config")
    {
        Description = $"The settings file (default: {SettingsSource.DefaultFile} in the current folder, if it is there). "
            + $"The environment overrides it: {SettingsSource.EnvironmentPrefix}Section__Key=value.",
        HelpName = "FILE",
    };
}
