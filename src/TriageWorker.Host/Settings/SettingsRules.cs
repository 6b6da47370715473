using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace TriageWorker.Host.Settings;

/// <summary>Applies the rules that options carry as attributes (ranges, required keys), all the way down, with the key path of each fault.</summary>
public static class SettingsRules
{
    /// <summary>All faults of all sections: unknown keys and unreadable values first; rules are applied to what could be read.</summary>
    public static IReadOnlyList<SettingFault> Check(IConfigurationRoot settings, IReadOnlyList<SettingsSection> sections)
    {
        var faults = SettingsWalk.Through(settings, sections).Faults.ToList();
        foreach (var section in sections)
        {
            // A section with an unreadable value cannot be bound; its rules wait until that is mended.
            if (faults.Any(fault => fault.IsUnreadable && IsWithin(fault.Key, section.Key))) continue;
            var bound = settings.GetSection(section.Key).Get(section.Defaults.GetType()) ?? section.Defaults;
            Descend(bound, section.Key, faults);
        }

        return faults;
    }

    private static void Apply(object options, string path, List<SettingFault> faults)
    {
        var broken = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), broken, validateAllProperties: true);
        foreach (var rule in broken)
            faults.Add(new SettingFault(rule.MemberNames.FirstOrDefault() is { } member ? $"{path}:{member}" : path, rule.ErrorMessage ?? "is not valid."));
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetIndexParameters().Length > 0 || property.PropertyType == typeof(string)) continue;
            Descend(property.GetValue(options), $"{path}:{property.Name}", faults);
        }
    }

    private static void Descend(object? value, string path, List<SettingFault> faults)
    {
        switch (value)
        {
            case IDictionary entries:
                foreach (DictionaryEntry entry in entries) Descend(entry.Value, $"{path}:{entry.Key}", faults);
                break;
            case IEnumerable entries and not string:
                var index = 0;
                foreach (var entry in entries) Descend(entry, $"{path}:{index++}", faults);
                break;
            case not null when value.GetType() is { IsClass: true, Namespace: { } space } && space.StartsWith(nameof(TriageWorker), StringComparison.Ordinal):
                Apply(value, path, faults);
                break;
        }
    }

    private static bool IsWithin(string key, string section) =>
        key.Equals(section, StringComparison.OrdinalIgnoreCase) || key.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase);
}
