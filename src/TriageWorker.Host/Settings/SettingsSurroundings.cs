using Microsoft.Extensions.Configuration;
using TriageWorker.Scoring;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Host.Settings;

/// <summary>What settings point at, looked at without starting anything: files that must be there, ports that two parts would take.</summary>
public static class SettingsSurroundings
{
    private static readonly string[] s_listeners = ["Intake", "Web", "Operations"];

    public static IReadOnlyList<SettingFault> Faults(IConfigurationRoot settings) => [.. Scoring(settings), .. Ports(settings), .. Binaries(settings)];

    private static IEnumerable<SettingFault> Scoring(IConfigurationRoot settings)
    {
        var options = settings.GetSection(ScoringRoleOptions.Section).Get<ScoringRoleOptions>() ?? new();
        return options.Packages.SelectMany((package, at) => Package($"{ScoringRoleOptions.Section}:{nameof(options.Packages)}:{at}", package));
    }

    private static IEnumerable<SettingFault> Package(string key, PackageOptions package)
    {
        if (package.Folder.Length > 0 && !File.Exists(Path.Combine(package.Folder, "manifest.json")))
            yield return new($"{key}:{nameof(package.Folder)}", $"{Path.GetFullPath(package.Folder)} is no model package: it holds no manifest.json.");
        if (package.Policy is not { Length: > 0 } policy) yield break;
        if (!File.Exists(policy)) yield return new($"{key}:{nameof(package.Policy)}", $"{Path.GetFullPath(policy)} is not there.");
        else if (FaultOf(policy) is { } fault) yield return new($"{key}:{nameof(package.Policy)}", $"{Path.GetFullPath(policy)} is no policy: {fault}");
    }

    private static string? FaultOf(string policy)
    {
        try
        {
            PolicyFile.Parse(File.ReadAllBytes(policy));
            return null;
        }
        catch (Exception unusable) when (unusable is FormatException or IOException or UnauthorizedAccessException)
        {
            return unusable.Message;
        }
    }

    // On one machine all roles may share a process; 0 and none leave the choice to the system.
    private static IEnumerable<SettingFault> Ports(IConfigurationRoot settings)
    {
        var found = SettingsWalk.Through(settings, Sections.All).Found;
        var ports = s_listeners.Select(section => (Key: $"{section}:Port", Address: Value($"{section}:Address"))).ToList();
        if (Value("Database:ConnectionString").Length == 0) ports.Add(("Database:Embedded:Port", "127.0.0.1"));
        var taken = new List<(string Key, string Address, string Port)>();
        foreach (var (key, address) in ports)
        {
            if (Value(key) is not { Length: > 0 } port || port == "0") continue;
            if (taken.Find(other => other.Port == port && Meet(other.Address, address)) is { Key: { } before })
                yield return new(key, $"{port} is {before}'s too: two parts cannot listen on one port.");
            taken.Add((key, address, port));
        }

        string Value(string key) => found.FirstOrDefault(setting => setting.Key == key)?.Value ?? "";
    }

    private static bool Meet(string one, string other) => one == other || IsAny(one) || IsAny(other);

    private static bool IsAny(string address) => address is "0.0.0.0" or "::";

    private static IEnumerable<SettingFault> Binaries(IConfigurationRoot settings)
    {
        var options = settings.GetSection(DatabaseOptions.Section).Get<DatabaseOptions>() ?? new();
        if (string.IsNullOrWhiteSpace(options.ConnectionString) && options.Embedded.Binaries is { Length: > 0 } folder && !File.Exists(Path.Combine(folder, "bin", "postgres")))
            yield return new($"{DatabaseOptions.Section}:Embedded:Binaries", $"{Path.GetFullPath(folder)} holds no bin/postgres.");
    }
}
