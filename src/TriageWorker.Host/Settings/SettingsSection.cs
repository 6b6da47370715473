namespace TriageWorker.Host.Settings;

/// <summary>One concern's options and the key they stand under.</summary>
/// <param name="Defaults">An instance as the product ships it; its properties are the section's keys.</param>
public sealed record SettingsSection(string Key, object Defaults)
{
    public static SettingsSection Of<TOptions>(string key) where TOptions : new() => new(key, new TOptions());
}

/// <summary>One effective setting.</summary>
/// <param name="Value">As text; secrets are masked.</param>
public sealed record Setting(string Key, string Value, string Origin);

/// <summary>What is wrong with one key, said so that it can be mended.</summary>
/// <param name="IsUnreadable">The value is not of the key's kind, so its section cannot be bound.</param>
public sealed record SettingFault(string Key, string Message, bool IsUnreadable = false)
{
    public override string ToString() => $"{Key}: {Message}";
}
