using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace TriageWorker.Bus.Tests;

public sealed class BusOptionsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("http://user:password@broker/")]
    [InlineData("amqp://broker/")]
    [InlineData("broker:5672")]
    public void RabbitMQ_without_a_whole_address_is_refused_by_the_settings_name(string uri)
    {
        var error = Should.Throw<OptionsValidationException>(() => Read(("Bus:Transport", "RabbitMq"), ("Bus:Uri", uri)));

        error.Message.ShouldContain("Bus:Uri");
    }

    [Fact]
    public void Every_time_that_is_out_of_range_is_named_at_once()
    {
        var error = Should.Throw<OptionsValidationException>(() => Read(("Bus:Lease", "00:00:00"), ("Bus:SweepEvery", "1.00:00:00")));

        error.Failures.Count().ShouldBe(2);
        error.Message.ShouldSatisfyAllConditions(() => error.Message.ShouldContain("Lease"), () => error.Message.ShouldContain("SweepEvery"));
    }

    [Fact]
    public void The_defaults_are_valid_and_need_no_broker() => Read().Transport.ShouldBe(BusTransport.InMemory);

    [Theory, InlineData(1, 2), InlineData(2, 4), InlineData(3, 8), InlineData(6, 60), InlineData(100_000, 60)]
    public void Attempts_wait_twice_as_long_each_time_up_to_the_longest(int attempt, int seconds) =>
        new RetryPolicy(9, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60)).DelayAfter(attempt).ShouldBe(TimeSpan.FromSeconds(seconds));

    private static BusOptions Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(pair => new KeyValuePair<string, string?>(pair.Key, pair.Value))).Build();
        using var services = new ServiceCollection().AddLogging().AddBus(configuration).BuildServiceProvider();
        return services.GetRequiredService<IOptions<BusOptions>>().Value;
    }
}
