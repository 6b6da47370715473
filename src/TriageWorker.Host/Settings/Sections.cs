using TriageWorker.Bus;
using TriageWorker.Delivery;
using TriageWorker.Host.Operations;
using TriageWorker.Host.Roles;
using TriageWorker.Host.Telemetry;
using TriageWorker.Intake;
using TriageWorker.Jobs;
using TriageWorker.Scoring;
using TriageWorker.Store;
using TriageWorker.Triage;
using TriageWorker.Web;

namespace TriageWorker.Host.Settings;

/// <summary>Every concern that can be configured, and the key it stands under in <c>triage.json</c>.</summary>
public static class Sections
{
    public static readonly IReadOnlyList<SettingsSection> All =
    [
        SettingsSection.Of<SiteOptions>(SiteOptions.Section),
        SettingsSection.Of<DatabaseOptions>(DatabaseOptions.Section),
        SettingsSection.Of<SpoolOptions>(SpoolOptions.Section),
        SettingsSection.Of<RetentionOptions>(RetentionOptions.Section),
        SettingsSection.Of<AuditOptions>(AuditOptions.Section),
        SettingsSection.Of<BusOptions>(BusOptions.Section),
        SettingsSection.Of<NodeOptions>(NodeOptions.Section),
        SettingsSection.Of<IntakeOptions>(IntakeOptions.Section),
        SettingsSection.Of<CompletenessOptions>(CompletenessOptions.Section),
        SettingsSection.Of<ScoringRoleOptions>(ScoringRoleOptions.Section),
        SettingsSection.Of<DeliveryOptions>(DeliveryOptions.Section),
        SettingsSection.Of<List<Route>>(nameof(RouteOptions.Destinations)),
        SettingsSection.Of<WebOptions>(WebOptions.Section),
        SettingsSection.Of<AlarmOptions>(AlarmOptions.Section),
        SettingsSection.Of<SilenceOptions>(SilenceOptions.Section),
        SettingsSection.Of<RankCredits>("Rank"),
        SettingsSection.Of<WorkCredits>("WorkCredits"),
        SettingsSection.Of<OperationsOptions>(OperationsOptions.Section),
        SettingsSection.Of<TelemetryOptions>(TelemetryOptions.Section),
        SettingsSection.Of<LogSettings>(LogSettings.Section),
        SettingsSection.Of<TestingOptions>(TestingOptions.Section),
    ];
}
