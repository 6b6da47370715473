using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace TriageWorker.Web.Tests;

public sealed class WebOptionsTests
{
    [Fact]
    public void Loopback_and_its_names_are_the_default()
    {
        Read().Address.ShouldBe("127.0.0.1");
        Read().Hosts.ShouldBe(["localhost", "127.0.0.1", "[::1]"]);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("192.168.1.10")]
    public void An_address_that_the_network_can_reach_is_refused_unless_said_on_purpose(string address)
    {
        Should.Throw<OptionsValidationException>(() => Read(("Web:Address", address))).Message.ShouldContain("Web:AllowNetwork");
        Read(("Web:Address", address), ("Web:AllowNetwork", "true")).Address.ShouldBe(address);
    }

    [Fact]
    public void Every_fault_is_told_at_once_with_its_key()
    {
        var faults = Should.Throw<OptionsValidationException>(() => Read(("Web:Address", "here"), ("Web:Port", "70000"))).Failures;

        faults.Select(fault => fault.Split(' ')[0]).ShouldBe(["Web:Address:", "Web:Port:"]);
    }

    [Fact]
    public void Allowed_hosts_replace_the_default_ones() => Read(("Web:AllowedHosts:0", "triage.example")).Hosts.ShouldBe(["triage.example"]);

    private static WebOptions Read(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)));
        builder.Services.AddWeb();
        using var services = builder.Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<WebOptions>>().Value;
    }
}
