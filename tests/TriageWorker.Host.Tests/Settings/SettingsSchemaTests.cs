using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using TriageWorker.Host.Settings;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Settings;

/// <summary>The schema beside a validator of somebody else's, and beside our own check of the same files.</summary>
public sealed class SettingsSchemaTests
{
    private static readonly JsonObject s_written = SettingsSchema.Of(Host.Settings.Sections.All);
    private static readonly JsonSchema s_schema = JsonSchema.FromText(s_written.ToJsonString());

    public static TheoryData<string> GoodFiles =>
    [
        "{}",
        """{ "$schema": "./triage.schema.json", "Log": { "Level": "Debug", "Json": true } }""",
        """{ "Intake": { "Port": 104, "AeTitle": "CT_IN", "IdleTime": "00:00:10", "Callers": [ { "AeTitle": "CT1", "Address": "10.0.0.7", "Order": "Urgent" } ] } }""",
        """{ "Bus": { "Transport": "RabbitMq", "Uri": "amqp://triage:secret@broker:5672/", "Lease": "00:01:00", "LongestAttempt": { "Scoring": "01:00:00" } } }""",
        """{ "Destinations": [ { "Name": "pacs", "Host": "pacs", "Port": 104, "CalledAe": "PACS", "Documents": [ "Sr", "Text" ] }, { "Name": "own", "Kind": "OwnStore" } ] }""",
        """{ "Alarms": { "Webhooks": [ { "Name": "pager", "Url": "https://pager.example/x", "Headers": { "Authorization": "Bearer x" }, "MinimumSeverity": "Critical" } ] } }""",
        """{ "Alarms": { "Mail": { "Host": "mail", "From": "t@h.example", "To": [ "a@h.example" ], "Security": "Tls", "Port": 465 }, "RemindEvery": "1.00:00:00" } }""",
        """{ "Database": { "ConnectionString": "Host=db", "MaxConnections": 20, "Embedded": { "Port": 0, "Binaries": null } } }""",
        """{ "Delivery": { "PhenotypeThreshold": 0.5, "MostPhenotypes": 0, "Institution": "" }, "Scoring": { "Provider": "Cpu", "Packages": [ { "Folder": "onnx/phantom", "Threads": 2 }, { "Folder": "onnx/merlin", "Provider": "Cuda", "Device": 1, "Arithmetic": "Exact" } ] } }""",
        """{ "Spool": { "MinimumFreeBytes": 1000000000000 }, "Rank": { "High": "08:00:00" }, "Site": { "TimeZone": "Europe/Berlin" } }""",
    ];

    public static TheoryData<string, string> BadFiles => new()
    {
        { """{ "Itnake": {} }""", "Itnake" },
        { """{ "Intake": { "Prot": 104 } }""", "Intake:Prot" },
        { """{ "Intake": { "Port": 70000 } }""", "Intake:Port" },
        { """{ "Intake": { "Port": "soon" } }""", "Intake:Port" },
        { """{ "Intake": { "Port": 10.5 } }""", "Intake:Port" },
        { """{ "Intake": { "Port": 99999999999 } }""", "Intake:Port" },
        { """{ "Intake": { "AeTitle": "A_TITLE_THAT_IS_TOO_LONG" } }""", "Intake:AeTitle" },
        { """{ "Intake": { "IdleTime": "5 seconds" } }""", "Intake:IdleTime" },
        { """{ "Intake": { "CheckCalledAe": "perhaps" } }""", "Intake:CheckCalledAe" },
        { """{ "Intake": { "Callers": [ { "Nick": "CT1" } ] } }""", "Intake:Callers:0:Nick" },
        { """{ "Log": { "Level": "Loud" } }""", "Log:Level" },
        { """{ "Bus": { "LongestAttempt": "00:10:00" } }""", "Bus:LongestAttempt" },
        { """{ "Database": { "MaxConnections": 1 } }""", "Database:MaxConnections" },
        { """{ "Database": { "Embedded": { "Database": "Not A Name" } } }""", "Database:Embedded:Database" },
        { """{ "Spool": { "MinimumFreeBytes": -1 } }""", "Spool:MinimumFreeBytes" },
        { """{ "Delivery": { "PhenotypeThreshold": 1.5 } }""", "Delivery:PhenotypeThreshold" },
        { """{ "Destinations": [ { "Name": "p a c s", "Kind": "OwnStore" } ] }""", "Destinations:0:Name" },
        { """{ "Destinations": [ { "Kind": "OwnStore" } ] }""", "Destinations:0:Name" },
        { """{ "Destinations": [ { "Name": "own", "Kind": "Fax" } ] }""", "Destinations:0:Kind" },
        { """{ "Alarms": { "Webhooks": [ { "Name": "pager" } ] } }""", "Alarms:Webhooks:0:Url" },
        { """{ "Alarms": { "Mail": { "Port": 0 } } }""", "Alarms:Mail:Port" },
        { """{ "Alarms": { "MaxAttempts": 0 } }""", "Alarms:MaxAttempts" },
        { """{ "Web": { "Port": -1 } }""", "Web:Port" },
    };

    [Fact]
    public void It_is_a_valid_schema_of_its_dialect()
    {
        s_written["$schema"]!.GetValue<string>().ShouldBe(MetaSchemas.Draft202012Id.ToString().TrimEnd('#'));
        IsValid(MetaSchemas.Draft202012, s_written.ToJsonString()).ShouldBeTrue();
    }

    [Theory, MemberData(nameof(GoodFiles))]
    public void What_the_check_takes_the_schema_takes(string file)
    {
        Check(file).ShouldBeEmpty();
        IsValid(s_schema, file).ShouldBeTrue();
    }

    [Theory, MemberData(nameof(BadFiles))]
    public void What_the_check_refuses_the_schema_refuses(string file, string key)
    {
        Check(file).ShouldHaveSingleItem().ShouldStartWith(key + ":");
        IsValid(s_schema, file).ShouldBeFalse();
    }

    [Fact]
    public void Every_section_and_every_key_that_can_be_set_is_in_it()
    {
        foreach (var section in Host.Settings.Sections.All) s_written["properties"]![section.Key].ShouldNotBeNull(section.Key);
        var settings = SettingsSource.DefaultsWith([]);
        foreach (var setting in SettingsWalk.Through(settings, Host.Settings.Sections.All).Found)
        {
            JsonNode? at = s_written;
            foreach (var part in setting.Key.Split(':')) at = int.TryParse(part, out _) ? at?["items"] : at?["properties"]?[part];
            at.ShouldNotBeNull(setting.Key);
        }
    }

    [Fact]
    public void Keys_say_what_they_are_what_holds_without_them_and_what_they_may_be()
    {
        var lease = s_written["properties"]!["Bus"]!["properties"]!["Lease"]!;
        lease["description"]!.GetValue<string>().ShouldBe("How long a claim holds without a heartbeat; a dead worker's study starts again after it. From 00:00:02 to 01:00:00.");
        lease["default"]!.GetValue<string>().ShouldBe("00:00:30");
        var port = s_written["properties"]!["Intake"]!["properties"]!["Port"]!;
        (port["minimum"]!.GetValue<int>(), port["maximum"]!.GetValue<int>(), port["default"]!.GetValue<int>()).ShouldBe((0, 65535, 11112));
        s_written["properties"]!["Bus"]!["properties"]!["Transport"]!["enum"]!.AsArray().Select(word => word!.GetValue<string>()).ShouldBe(["InMemory", "RabbitMq"]);
        s_written["properties"]!["Intake"]!["description"]!.GetValue<string>().ShouldContain("where scanners push to");
        s_written["properties"]!["Destinations"]!["items"]!["required"]!.ToJsonString().ShouldBe("""["Name"]""");
        s_written.ToJsonString().ShouldNotContain(Repository.Root);
    }

    private static IReadOnlyList<string> Check(string file)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("triage.json"), file);
        return EffectiveSettings.Faults(SettingsSource.Load(new FileInfo(folder.At("triage.json"))));
    }

    private static bool IsValid(JsonSchema schema, string json) => schema.Evaluate(JsonDocument.Parse(json).RootElement).IsValid;
}
