using Microsoft.Extensions.Configuration;
using TriageWorker.Host.Roles;

namespace TriageWorker.Host.Settings;

/// <summary>Settings that hold: read and checked as a whole, before anything starts.</summary>
public static class EffectiveSettings
{
    /// <exception cref="UserFault">Names every fault with its key.</exception>
    public static IConfigurationRoot Load(FileInfo? file, IEnumerable<KeyValuePair<string, string?>>? overrides = null)
    {
        var settings = SettingsSource.Load(file, overrides);
        Require(Faults(settings));
        return settings;
    }

    /// <summary>Everything that is wrong, each with its key: what stands in the sources, then what the rooms say of it.</summary>
    public static IReadOnlyList<string> Faults(IConfigurationRoot settings)
    {
        var own = SettingsRules.Check(settings, Sections.All);
        if (own.Any(fault => fault.IsUnreadable)) return [.. own.Select(fault => fault.ToString())];
        // A room repeats the attributes' faults without their key path; what it says itself begins with the key.
        var rooms = StartupRules.Broken(settings).Where(said => own.Count == 0 || Sections.All.Any(section => said.StartsWith(section.Key + ":", StringComparison.Ordinal)));
        return [.. own.Select(fault => fault.ToString()).Union(rooms.Where(said => !own.Any(fault => IsSaidAgain(fault.Key, said))))];
    }

    // Where an attribute has said it, a room need not say it again: in its own words after the whole key, or after the key's last part.
    private static bool IsSaidAgain(string key, string said) =>
        said.StartsWith(key + ":", StringComparison.Ordinal) || said.StartsWith(key.Split(':')[^1] + ": ", StringComparison.Ordinal);

    /// <exception cref="UserFault">There is a fault.</exception>
    public static void Require(IEnumerable<string> faults)
    {
        var lines = faults.Select(fault => $"  {fault}").ToList();
        if (lines.Count > 0) throw new UserFault(string.Join(Environment.NewLine, [$"The settings have {(lines.Count == 1 ? "a fault" : $"{lines.Count} faults")}:", .. lines]));
    }
}
