using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using TriageWorker.Store;

namespace TriageWorker.Jobs;

/// <summary>What a notice says: the body of a webhook, and what a mail is written from. No patient data.</summary>
/// <param name="Id">The message id: the same however often it is sent.</param>
/// <param name="Event">raised, escalated, reminder, cleared; test of one that somebody sent to try the channel.</param>
/// <param name="Alarm">The alarm's number in this installation: raising, reminders and end of the same one share it.</param>
/// <param name="State">open or cleared.</param>
/// <param name="At">When the event was.</param>
/// <param name="Times">How often the trouble was told until then.</param>
/// <param name="RaisedInLastHour">More than 1: it comes and goes, and not every time is told.</param>
/// <param name="Installation">Its serial number, drawn with its database.</param>
internal sealed record AlarmMessage(
    Guid Id, string Event, long Alarm, string Kind, string Subject, AlarmSeverity Severity, string State, string Sentence, DateTimeOffset RaisedAt, DateTimeOffset At,
    int Times, int RaisedInLastHour, string? ClearedBecause, string Site, string Installation, string Product, string Version, Uri? Link)
{
    public const string ProductName = "TriageWorker";

    public static string ProductVersion { get; } =
        typeof(AlarmMessage).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static AlarmMessage Of(LeasedNotice notice, string site, string installation, Uri? link) => new(
        notice.Id, JsonNamingPolicy.CamelCase.ConvertName(notice.What.ToString()), notice.AlarmId, notice.Alarm.Kind, notice.Alarm.Subject, notice.Alarm.Severity,
        notice.What == AlarmEventKind.Cleared ? "cleared" : "open", notice.Alarm.Sentence, notice.RaisedAt, notice.At, notice.Times, notice.RaisedInLastHour,
        notice.ClearedBecause, site, installation, ProductName, ProductVersion, link);

    /// <summary>One that somebody sends to see whether it arrives.</summary>
    public static AlarmMessage Test(DateTimeOffset now, string site, Uri? link) => new(
        Guid.NewGuid(), "test", 0, "alarms.test", "", AlarmSeverity.Warning, "open", "This is a test of the way of alarms; nothing is wrong.", now, now, 1, 0,
        null, site, "", ProductName, ProductVersion, link);

    public string Write() => JsonSerializer.Serialize(this, AlarmJson.Default.AlarmMessage);

    public static AlarmMessage Read(string json) => JsonSerializer.Deserialize(json, AlarmJson.Default.AlarmMessage) ?? throw new JsonException("alarm_notice.content holds null.");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AlarmMessage))]
internal sealed partial class AlarmJson : JsonSerializerContext;
