namespace TriageWorker.Host.Settings;

/// <summary>Keys that earlier versions had, and what is written now instead.</summary>
internal static class MovedSettings
{
    /// <summary>Null when the key never was one.</summary>
    public static string? Now(string key, string? value) => key.ToUpperInvariant() switch
    {
        "SCORING:PACKAGE" => $"is a list now: write \"Scoring\": {{ \"Packages\": [ {{ \"Folder\": \"{value}\" }} ] }} in the settings file, or set TRIAGE__Scoring__Packages__0__Folder={value}.",
        "SCORING:POLICY" => $"stands with its package now: write \"Scoring\": {{ \"Packages\": [ {{ \"Folder\": \"...\", \"Policy\": \"{value}\" }} ] }} in the settings file, or set TRIAGE__Scoring__Packages__0__Policy={value}.",
        "SITE:CONFIRMEDRISKS" => "is no setting any more: confirming what a disputed risk is about is an act that the audit ledger keeps. Take it out and run: triage models risks confirm.",
        _ => null,
    };
}
