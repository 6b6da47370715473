using System.Globalization;
using System.Text;
using MimeKit;
using MimeKit.Text;
using TriageWorker.Store;

namespace TriageWorker.Jobs;

/// <summary>A notice as a mail: plain text. The same notice makes the same mail, whenever it is written.</summary>
internal static class MailText
{
    public static MimeMessage Write(AlarmMessage alarm, MailOptions options, DateTimeOffset made, SiteTimes times)
    {
        var from = MailboxAddress.Parse(options.From);
        var message = new MimeMessage
        {
            Subject = Subject(alarm),
            Date = made,
            MessageId = $"{alarm.Id}@{from.Domain}",
            Body = new TextPart(TextFormat.Plain) { Text = Text(alarm, times) },
        };
        message.From.Add(from);
        message.To.AddRange(options.To.Select(MailboxAddress.Parse));
        message.References.Add($"alarm-{alarm.Alarm}.{alarm.Installation}@{from.Domain}"); // what belongs to one alarm stands together in the reader's list
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated"); // RFC 3834: no answer from somebody who is away
        if (alarm is { Severity: AlarmSeverity.Critical, State: "open" }) message.Importance = MessageImportance.High;
        return message;
    }

    private static string Subject(AlarmMessage alarm)
    {
        var what = alarm.Event switch
        {
            "cleared" => "over",
            "reminder" => $"{Severity(alarm)}, still",
            "test" => "test",
            _ => Severity(alarm),
        };
        var subject = alarm.Subject.Length > 0 ? $" ({alarm.Subject})" : "";
        return $"[{AlarmMessage.ProductName}{(alarm.Site.Length > 0 ? $" {alarm.Site}" : "")}] {what}: {alarm.Kind}{subject}";
    }

    private static string Text(AlarmMessage alarm, SiteTimes times)
    {
        var text = new StringBuilder();
        if (alarm.ClearedBecause is { } because) text.Append("It is over: ").AppendLine(because).AppendLine().AppendLine("What it was:");
        text.AppendLine(alarm.Sentence).AppendLine();
        Line("Alarm", alarm.Subject.Length > 0 ? $"{alarm.Kind} ({alarm.Subject})" : alarm.Kind);
        Line("Severity", Severity(alarm));
        Line("Raised", times.Say(alarm.RaisedAt));
        if (alarm.At != alarm.RaisedAt) Line(alarm.Event switch { "cleared" => "Over", "escalated" => "Critical", _ => "Now" }, times.Say(alarm.At));
        Line("Seen", alarm.Times == 1 ? "once" : $"{alarm.Times} times");
        if (alarm.RaisedInLastHour > 1) Line("Flapping", $"raised {alarm.RaisedInLastHour} times within an hour; not every time is told");
        if (alarm.Site.Length > 0) Line("Site", alarm.Site);
        if (alarm.Installation.Length > 0) Line("Installation", alarm.Installation);
        Line("Version", alarm.Version);
        if (alarm.Link is { } link) Line("Page", new Uri(link, "/admin/alarms").AbsoluteUri);
        return text.ToString();

        void Line(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"{name,-13} ").AppendLine(value);
    }

    private static string Severity(AlarmMessage alarm) => alarm.Severity == AlarmSeverity.Critical ? "CRITICAL" : "warning";
}
