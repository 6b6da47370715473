using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TriageWorker.Dicom.Network;
using TriageWorker.Host.Roles;
using TriageWorker.Host.Settings;
using TriageWorker.Intake;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Roles;

public sealed class RunningHostTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_roles_start_in_one_process_answer_and_stop()
    {
        var settings = Settings();
        IPEndPoint dicom;
        await using (var running = await StartAsync(settings, "intake,scoring,delivery,web,jobs"))
        {
            dicom = running.Services.GetRequiredService<IntakeEndpoint>().Address;
            await using var association = await DicomAssociation.RequestAsync(
                new AssociationRequest { Host = dicom.Address.ToString(), Port = dicom.Port, CalledAe = "TRIAGE" }, TestContext.Current.CancellationToken);
            (await association.EchoAsync(TestContext.Current.CancellationToken)).IsSuccess.ShouldBeTrue();
            await association.ReleaseAsync(TestContext.Current.CancellationToken);
            running.Addresses.ShouldContain("Roles: intake, scoring, delivery, web, jobs");
        }

        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await Should.ThrowAsync<SocketException>(async () => await socket.ConnectAsync(dicom, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_worker_without_a_listening_role_listens_on_the_operations_port_alone()
    {
        await using var running = await StartAsync(Settings(), "jobs,delivery");
        running.Addresses.Count.ShouldBe(2);
        running.Addresses[0].ShouldStartWith("Health and metrics are at http://127.0.0.1:");
        running.Addresses[1].ShouldBe("Roles: delivery, jobs");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_in_one_sentence()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var fault = await Should.ThrowAsync<UserFault>(() => StartAsync(Settings(("Web:Port", $"{port}")), "web"));
        fault.Message.ShouldContain($"{port}");
    }

    [Fact]
    public async Task A_package_that_is_not_there_is_told_with_its_folder()
    {
        var fault = await Should.ThrowAsync<UserFault>(() => StartAsync(Settings(("Scoring:Packages:0:Folder", _folder.At("nowhere"))), "scoring"));
        fault.Message.ShouldContain("nowhere");
    }

    [Fact]
    public void What_rooms_and_attributes_find_wrong_is_told_together()
    {
        var faults = EffectiveSettings.Faults(Settings(("Web:Port", "99999"), ("Bus:Transport", "RabbitMq"), ("Database:MaxConnections", "1"), ("Intake:Prot", "1"),
            ("Destinations:0:Name", "pacs"), ("Destinations:0:Host", "pacs"), ("Destinations:0:CalledAe", "A TITLE THAT IS TOO LONG")));
        foreach (var key in (string[])["Web:Port", "Bus:Uri", "Database:MaxConnections", "Intake:Prot", "Destinations:0:CalledAe"])
            faults.ShouldContain(fault => fault.StartsWith(key, StringComparison.Ordinal));
    }

    private static Task<RunningHost> StartAsync(IConfigurationRoot settings, string roles) =>
        RunningHost.StartAsync(settings, RoleNames.Parse(roles), _ => { }, new Progress<string>(), TestContext.Current.CancellationToken);

    private IConfigurationRoot Settings(params (string Key, string Value)[] changes)
    {
        Dictionary<string, string?> settings = new()
        {
            ["Database:Embedded:Data"] = _folder.At("postgres"),
            ["Database:Embedded:Reachable"] = _folder.At("reachable"),
            ["Spool:Folder"] = _folder.At("spool"),
            ["Audit:HeadFile"] = _folder.At("audit-heads.jsonl"),
            ["Scoring:Packages:0:Folder"] = Repository.At("onnx", "phantom"),
            ["Intake:Port"] = "0",
            ["Web:Port"] = "0",
            ["Operations:Port"] = "0",
        };
        foreach (var (key, value) in changes) settings[key] = value;
        return SettingsSource.DefaultsWith(settings);
    }
}
