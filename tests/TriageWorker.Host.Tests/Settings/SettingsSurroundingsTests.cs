using TriageWorker.Host.Settings;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Settings;

public sealed class SettingsSurroundingsTests
{
    [Theory]
    [InlineData("Scoring:Packages:0:Folder=/no/such/package", "Scoring:Packages:0:Folder")]
    [InlineData("Scoring:Packages:0:Policy=/no/such/policy.json", "Scoring:Packages:0:Policy")]
    [InlineData("Web:Port=104 Intake:Port=104", "Web:Port")]
    [InlineData("Web:Port=104 Intake:Port=104 Intake:Address=0.0.0.0", "Web:Port")]
    [InlineData("Database:Embedded:Port=8080", "Database:Embedded:Port")]
    [InlineData("Database:Embedded:Binaries=/no/such/server", "Database:Embedded:Binaries")]
    public void What_settings_point_at_is_looked_at_and_named_by_its_key(string settings, string key) =>
        SettingsSurroundings.Faults(SettingsSource.DefaultsWith(Here.Where(pair => !settings.Contains(pair.Key, StringComparison.Ordinal)).Concat(Pairs(settings)))).ShouldHaveSingleItem().Key.ShouldBe(key);

    [Theory]
    [InlineData("Web:Port=0 Intake:Port=0")]
    [InlineData("Web:Port=104 Intake:Port=104 Web:Address=10.0.0.1 Intake:Address=10.0.0.2")]
    [InlineData("Database:Embedded:Port=8080 Database:ConnectionString=Host=db")]
    public void What_can_stand_side_by_side_is_no_fault(string settings) =>
        SettingsSurroundings.Faults(SettingsSource.DefaultsWith([.. Here, .. Pairs(settings)])).ShouldBeEmpty();

    [Fact]
    public void A_policy_that_is_none_is_told_with_its_reason()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("policy.json"), "{ \"approved\": ");

        var fault = SettingsSurroundings.Faults(SettingsSource.DefaultsWith([.. Here, KeyValuePair.Create("Scoring:Packages:0:Policy", (string?)folder.At("policy.json"))])).ShouldHaveSingleItem();

        fault.Key.ShouldBe("Scoring:Packages:0:Policy");
        fault.Message.ShouldContain("is no policy");
    }

    private static IEnumerable<KeyValuePair<string, string?>> Here => [KeyValuePair.Create("Scoring:Packages:0:Folder", (string?)Repository.At("onnx", "phantom"))];

    private static IEnumerable<KeyValuePair<string, string?>> Pairs(string settings) => settings.Split(' ').Select(pair => pair.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1]));
}
