using Microsoft.Extensions.Configuration;
using TriageWorker.Host.Settings;

namespace TriageWorker.Host.Tests.Settings;

[Collection(typeof(EnvironmentTests))]
public sealed class SettingsTests
{
    private static readonly IReadOnlyList<SettingsSection> Sections = [SettingsSection.Of<SampleOptions>("Intake")];

    [Fact]
    public void Without_any_setting_every_default_is_shown_and_valid()
    {
        var settings = From();
        var walk = SettingsWalk.Through(settings, Sections);
        walk.Found.ShouldContain(new Setting("Intake:Port", "11112", "default"));
        walk.Found.ShouldContain(new Setting("Intake:Idle", "00:00:10", "default"));
        walk.Found.ShouldContain(new Setting("Intake:Callers", "CT1, CT2", "default"));
        SettingsRules.Check(settings, Sections).ShouldBeEmpty();
    }

    [Fact]
    public void Every_fault_is_told_at_once_with_its_key()
    {
        var faults = SettingsRules.Check(From(("Intake:Prot", "104"), ("Intake:Level", "Loud"), ("Intake:Idle", "soon"), ("Itnake:Port", "1")), Sections);
        faults.Select(fault => fault.Key).ShouldBe(["Itnake", "Intake:Prot", "Intake:Idle", "Intake:Level"], ignoreOrder: true);
        faults.Single(fault => fault.Key == "Intake:Level").Message.ShouldContain("Low, High");
        faults.Single(fault => fault.Key == "Intake:Prot").Message.ShouldContain("Port");
    }

    [Theory]
    [InlineData("Intake:Port", "0", "Intake:Port")]
    [InlineData("Intake:Destinations:pacs:Port", "70000", "Intake:Destinations:pacs:Port")]
    [InlineData("Intake:Destinations:pacs:Port", "104", "Intake:Destinations:pacs:Host")]
    public void A_rule_that_is_broken_names_the_key_however_deep(string key, string value, string expected) =>
        SettingsRules.Check(From((key, value)), Sections).Select(fault => fault.Key).ShouldContain(expected);

    [Fact]
    public void Rules_are_applied_even_when_another_key_is_unknown() =>
        SettingsRules.Check(From(("Intake:Prot", "1"), ("Intake:Port", "0")), Sections).Select(fault => fault.Key)
            .ShouldBe(["Intake:Prot", "Intake:Port"], ignoreOrder: true);

    [Fact]
    public void A_whole_list_replaces_the_default_one() =>
        SettingsWalk.Through(From(("Intake:Callers:0", "CT9")), Sections).Found
            .Where(setting => setting.Key.StartsWith("Intake:Callers", StringComparison.Ordinal))
            .ShouldBe([new Setting("Intake:Callers:0", "CT9", "command line")]);

    [Fact]
    public void A_secret_is_masked_also_when_it_cannot_be_read()
    {
        var walk = SettingsWalk.Through(From(("Intake:Password", "hunter2")), Sections);
        walk.Found.Single(setting => setting.Key == "Intake:Password").Value.ShouldNotContain("hunter2");
    }

    [Fact]
    public void The_file_is_overridden_by_the_environment_and_that_by_the_command_line()
    {
        using var folder = new TriageWorker.Testing.TemporaryFolder();
        var file = folder.At("triage.json");
        File.WriteAllText(file, """{ "Intake": { "Port": 1, "Level": "High", "Idle": "00:00:03" } } // comments are fine""");
        Environment.SetEnvironmentVariable("TRIAGE__Intake__Port", "2");
        Environment.SetEnvironmentVariable("TRIAGE__Intake__Idle", "00:00:04");
        try
        {
            var settings = SettingsSource.Load(new FileInfo(file), [new("Intake:Port", "3")]);
            var found = SettingsWalk.Through(settings, Sections).Found;
            found.ShouldContain(new Setting("Intake:Port", "3", "command line"));
            found.ShouldContain(new Setting("Intake:Idle", "00:00:04", "environment"));
            found.ShouldContain(new Setting("Intake:Level", "High", "triage.json"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("TRIAGE__Intake__Port", null);
            Environment.SetEnvironmentVariable("TRIAGE__Intake__Idle", null);
        }
    }

    [Fact]
    public void A_file_that_is_no_json_is_named_with_the_line()
    {
        using var folder = new TriageWorker.Testing.TemporaryFolder();
        var file = folder.At("triage.json");
        File.WriteAllText(file, "{\n  \"Intake\": { \"Port\" 1 }\n}");
        var fault = Should.Throw<UserFault>(() => SettingsSource.Load(new FileInfo(file)));
        fault.Message.ShouldContain(file);
        fault.Message.ShouldContain("LineNumber: 1");
    }

    [Fact]
    public void A_file_that_was_named_must_be_there() =>
        Should.Throw<UserFault>(() => SettingsSource.Load(new FileInfo("/no/such/triage.json"))).Message.ShouldContain("/no/such/triage.json");

    [Fact]
    public void The_products_own_defaults_are_valid() => SettingsRules.Check(From(), Host.Settings.Sections.All).ShouldBeEmpty();

    private static IConfigurationRoot From(params (string Key, string Value)[] pairs) =>
        new ConfigurationBuilder().AddInMemoryCollection(pairs.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build();
}
