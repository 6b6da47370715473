using Microsoft.Extensions.Configuration;

namespace TriageWorker.Host.Settings;

/// <summary>Settings that hold: read and checked as a whole, before anything starts.</summary>
public static class EffectiveSettings
{
    /// <exception cref="UserFault">Names every fault with its key.</exception>
    public static IConfigurationRoot Load(FileInfo? file, IEnumerable<KeyValuePair<string, string?>>? overrides = null)
    {
        var settings = SettingsSource.Load(file, overrides);
        Require(SettingsRules.Check(settings, Sections.All).Select(fault => fault.ToString()));
        return settings;
    }

    /// <exception cref="UserFault">There is a fault.</exception>
    public static void Require(IEnumerable<string> faults)
    {
        var lines = faults.Select(fault => $"  {fault}").ToList();
        if (lines.Count > 0) throw new UserFault(string.Join(Environment.NewLine, [$"The settings have {(lines.Count == 1 ? "a fault" : $"{lines.Count} faults")}:", .. lines]));
    }
}
