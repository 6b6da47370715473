using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace TriageWorker.Jobs.Tests.Alarms;

public sealed class AlarmOptionsTests
{
    private const string Key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    [Theory]
    [InlineData("Webhooks:0:Name=pager Webhooks:0:Url=https://pager.example/x")]
    [InlineData("Webhooks:0:Name=pager Webhooks:0:Url=https://pager.example/x Webhooks:0:Secret=" + Key)]
    [InlineData("Webhooks:0:Name=pager Webhooks:0:Url=https://pager.example/x Webhooks:0:Secret=whsec_" + Key)]
    [InlineData("Webhooks:0:Name=pager Webhooks:0:Url=https://pager.example/x Webhooks:0:Headers:X-Token=abc")]
    [InlineData("Mail:Host=mail Mail:From=triage@h.example Mail:To:0=a@h.example")]
    [InlineData("Mail:Host=localhost Mail:Security=None Mail:User=u Mail:Password=p Mail:From=triage@h.example Mail:To:0=a@h.example")]
    public void Good_settings_are_taken(string settings) => Faults(settings).ShouldBeEmpty();

    [Theory]
    [InlineData("Webhooks:0:Name=pager", "Url")]
    [InlineData("Webhooks:0:Name=pager Webhooks:0:Url=ftp://x/", "http or https")]
    [InlineData("Webhooks:0:Name=pager Webhooks:0:Url=/x", "http or https")]
    [InlineData("Webhooks:0:Name=p@ger Webhooks:0:Url=https://x/", "Name")]
    [InlineData("Webhooks:0:Name=mail Webhooks:0:Url=https://x/", "the mail channel's")]
    [InlineData("Webhooks:0:Name=a Webhooks:0:Url=https://x/ Webhooks:1:Name=A Webhooks:1:Url=https://x/", "stands 2 times")]
    [InlineData("Webhooks:0:Name=pager Webhooks:0:Url=https://x/ Webhooks:0:Secret=hunter2", "openssl rand")]
    [InlineData("Webhooks:0:Name=pager Webhooks:0:Url=https://x/ Webhooks:0:Headers:webhook-id=1", "webhook-id")]
    [InlineData("Mail:Host=mail", "From")]
    [InlineData("Mail:Host=mail Mail:From=triage@h.example", "names nobody")]
    [InlineData("Mail:Host=mail Mail:From=triage@h.example Mail:To:0=nobody", "'nobody' is no mail address")]
    [InlineData("Mail:Host=ma_il! Mail:From=triage@h.example Mail:To:0=a@h.example", "no host name")]
    [InlineData("Mail:To:0=a@h.example", "no mail server")]
    [InlineData("Mail:Host=mail Mail:From=triage@h.example Mail:To:0=a@h.example Mail:User=u", "Password go together")]
    [InlineData("Mail:Host=mail Mail:From=triage@h.example Mail:To:0=a@h.example Mail:User=u Mail:Password=p Mail:Security=None", "readable by the network")]
    [InlineData("RemindEvery=00:05:00", "HoldDown")]
    [InlineData("MaxAttempts=0", "MaxAttempts")]
    [InlineData("Authorities=/no/such.pem", "/no/such.pem")]
    [InlineData("Link=triage.example", "http or https")]
    public void Each_fault_is_told_with_its_key_and_without_its_secret(string settings, string said)
    {
        var faults = string.Join('\n', Faults(settings));
        faults.ShouldContain(said);
        faults.ShouldNotContain("hunter2");
    }

    private static IEnumerable<string> Faults(string settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Split(' ').Select(pair => pair.Split('=', 2))
            .Select(pair => KeyValuePair.Create("Alarms:" + pair[0], (string?)pair[1]))).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddJobs();
        using var provider = services.BuildServiceProvider();
        try
        {
            _ = provider.GetRequiredService<IOptions<AlarmOptions>>().Value;
            return [];
        }
        catch (OptionsValidationException fault)
        {
            return fault.Failures;
        }
    }
}
