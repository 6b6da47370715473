using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace TriageWorker.Host.Settings;

/// <summary>Goes through a section's options type key by key: what holds, where it comes from, and what cannot be read.</summary>
public sealed class SettingsWalk(IConfigurationRoot settings)
{
    /// <summary>By this key a file tells editors its schema; it is no setting.</summary>
    public const string SchemaKey = "$schema";

    private readonly List<Setting> _found = [];
    private readonly List<SettingFault> _faults = [];

    public IReadOnlyList<Setting> Found => _found;

    public IReadOnlyList<SettingFault> Faults => _faults;

    /// <summary>Sections that no room knows, then every key of each section.</summary>
    public static SettingsWalk Through(IConfigurationRoot settings, IReadOnlyList<SettingsSection> sections)
    {
        var walk = new SettingsWalk(settings);
        walk.RefuseUnknown(settings, [.. sections.Select(section => section.Key), SchemaKey]);
        foreach (var section in sections) walk.Visit(settings.GetSection(section.Key), section.Defaults.GetType(), section.Defaults);
        return walk;
    }

    private void Visit(IConfigurationSection section, Type type, object? value)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (IsLeaf(type)) VisitLeaf(section, type, value);
        else if (EntryType(type) is { } entry) VisitEntries(section, entry, value);
        else VisitObject(section, type, value);
    }

    private void VisitLeaf(IConfigurationSection section, Type type, object? value)
    {
        if (section.Value is { Length: > 0 } text && !CanRead(type, text))
            _faults.Add(new SettingFault(section.Path, $"'{Secrets.Masked(section.Path, text)}' is not {Words(type)}.", IsUnreadable: true));
        var shown = section.Value ?? Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        _found.Add(new Setting(section.Path, Secrets.Masked(section.Path, shown), SettingsSource.OriginOf(settings, section.Path)));
    }

    private void VisitEntries(IConfigurationSection section, Type entry, object? value)
    {
        var children = section.GetChildren().ToList();
        foreach (var child in children) Visit(child, entry, IsLeaf(entry) ? null : TryCreate(entry));
        if (children.Count > 0) return;
        var shown = value is IEnumerable entries ? string.Join(", ", entries.Cast<object>()) : "";
        _found.Add(new Setting(section.Path, shown.Length > 0 ? shown : "(none)", "default"));
    }

    private void VisitObject(IConfigurationSection section, Type type, object? value)
    {
        if (section.Value is { Length: > 0 }) _faults.Add(new SettingFault(section.Path, "holds keys of its own, not a value.", IsUnreadable: true));
        var properties = SettingsOf(type);
        RefuseUnknown(section, [.. properties.Select(property => property.Name)]);
        foreach (var property in properties)
            Visit(section.GetSection(property.Name), property.PropertyType, value is null ? null : property.GetValue(value));
    }

    private void RefuseUnknown(IConfiguration section, IReadOnlyList<string> known)
    {
        foreach (var child in section.GetChildren())
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                _faults.Add(new SettingFault(child.Path, MovedSettings.Now(child.Path, child.Value) ?? $"is no setting; here are: {string.Join(", ", known)}."));
    }

    /// <summary>The properties of an options type that can be set, in their order.</summary>
    internal static List<PropertyInfo> SettingsOf(Type type) => [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(IsSetting)];

    private static bool IsSetting(PropertyInfo property) =>
        property.GetIndexParameters().Length == 0 && (property.CanWrite || EntryType(property.PropertyType) is not null);

    internal static bool IsLeaf(Type type) => type == typeof(string) || TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string));

    /// <summary>What a list or a dictionary by name holds.</summary>
    internal static Type? EntryType(Type type) => EntryOf(type) is { } entry && IsPair(entry) ? entry.GetGenericArguments()[1] : EntryOf(type);

    /// <summary>Its entries have names, not places.</summary>
    internal static bool IsByName(Type type) => EntryOf(type) is { } entry && IsPair(entry);

    private static bool IsPair(Type entry) => entry.IsGenericType && entry.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);

    private static Type? EntryOf(Type type)
    {
        if (type == typeof(string)) return null;
        if (type.IsArray) return type.GetElementType();
        return type.GetInterfaces().Append(type)
            .FirstOrDefault(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];
    }

    internal static object? TryCreate(Type type) => type.GetConstructor(Type.EmptyTypes) is null ? null : Activator.CreateInstance(type);

    private static bool CanRead(Type type, string text)
    {
        try
        {
            TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
            return true;
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException or NotSupportedException || fault.InnerException is FormatException)
        {
            return false; // converters wrap what they meet in whatever they like
        }
    }

    private static string Words(Type type) => type switch
    {
        { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type))}",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) || type == typeof(long) || type == typeof(ushort) || type == typeof(short) => "a whole number in range",
        _ when type == typeof(double) || type == typeof(float) || type == typeof(decimal) => "a number",
        _ when type == typeof(TimeSpan) => "a time such as 00:00:30",
        _ => $"a {type.Name}",
    };
}
