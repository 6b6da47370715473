using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace TriageWorker.Intake.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void What_the_product_ships_is_valid() => Faults().ShouldBeEmpty();

    [Fact]
    public void All_faults_are_said_at_once_with_their_keys() =>
        Faults(("Intake:AeTitle", "A title that is far too long"), ("Intake:Port", "70000"), ("Intake:IdleTime", "00:00:00"), ("Intake:Callers:1:Address", "ct7"))
            .Select(fault => fault[..fault.IndexOf(": ", StringComparison.Ordinal)])
            .ShouldBe(["Intake:Port", "Intake:AeTitle", "Intake:IdleTime", "Intake:Callers:1:Address"], ignoreOrder: true);

    [Fact]
    public void A_port_on_the_network_needs_callers_or_a_word_that_anybody_may_call()
    {
        Faults(("Intake:Address", "0.0.0.0")).Single().ShouldContain("Intake:Callers");
        Faults(("Intake:Address", "0.0.0.0"), ("Intake:Callers:0:AeTitle", "CT1")).ShouldBeEmpty();
        Faults(("Intake:Address", "0.0.0.0"), ("Intake:AllowAnyCaller", "true")).ShouldBeEmpty();
    }

    private static IEnumerable<string> Faults(params (string Key, string Value)[] settings)
    {
        // A list is bound as a whole, so a fault in its second entry needs a first.
        var more = settings.Any(pair => pair.Key.StartsWith("Intake:Callers:1", StringComparison.Ordinal)) ? [new("Intake:Callers:0:AeTitle", "CT1")] : Array.Empty<KeyValuePair<string, string?>>();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([.. settings.Select(pair => new KeyValuePair<string, string?>(pair.Key, pair.Value)), .. more]).Build());
        services.AddIntake();
        using var provider = services.BuildServiceProvider();
        try
        {
            _ = provider.GetRequiredService<IOptions<IntakeOptions>>().Value;
            return [];
        }
        catch (OptionsValidationException invalid)
        {
            return invalid.Failures;
        }
    }
}
