using TriageWorker.Host.Settings;

namespace TriageWorker.Host.Tests.Settings;

public sealed class SecretsTests
{
    [Theory]
    [InlineData("Bus:Password", "hunter2")]
    [InlineData("Web:ApiKey", "hunter2")]
    [InlineData("Store:ConnectionString", "Host=db;Username=triage;Password=hunter2;Pooling=true")]
    [InlineData("Store:ConnectionString", "Host=db;Pwd = 'hunter2;x'")]
    [InlineData("Bus:Address", "amqp://triage:hunter2@broker:5672/")]
    public void A_secret_never_shows(string key, string value) => Secrets.Masked(key, value).ShouldNotContain("hunter2");

    [Theory]
    [InlineData("Intake:Port", "11112")]
    [InlineData("Bus:Address", "amqp://broker:5672/")]
    [InlineData("Web:Url", "http://[::1]:8080/a@b")]
    [InlineData("Store:ConnectionString", "Host=db;Username=triage")]
    [InlineData("Bus:Password", "")]
    public void What_is_no_secret_stays_as_it_is(string key, string value) => Secrets.Masked(key, value).ShouldBe(value);

    [Fact]
    public void What_surrounds_a_secret_stays_readable() =>
        Secrets.Masked("Store:ConnectionString", "Host=db;Password=hunter2;Pooling=true").ShouldSatisfyAllConditions(
            masked => masked.ShouldStartWith("Host=db;"), masked => masked.ShouldEndWith(";Pooling=true"));
}
