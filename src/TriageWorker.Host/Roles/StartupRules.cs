using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace TriageWorker.Host.Roles;

/// <summary>The rules that rooms write in code rather than as attributes, asked without starting anything.</summary>
public static class StartupRules
{
    /// <summary>What the rooms say when all roles are put together; empty when they would start.</summary>
    public static IReadOnlyList<string> Broken(IConfigurationRoot settings)
    {
        // Services alone: a web host reads its options while it is built, and would stop at the first fault.
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(settings);
        TriageHost.AddRoles(services, settings, RoleNames.All);
        using var provider = services.BuildServiceProvider();
        try
        {
            provider.GetService<IStartupValidator>()?.Validate();
            return [];
        }
        catch (OptionsValidationException fault)
        {
            return [.. fault.Failures];
        }
        catch (AggregateException faults) when (faults.InnerExceptions.All(fault => fault is OptionsValidationException))
        {
            return [.. faults.InnerExceptions.Cast<OptionsValidationException>().SelectMany(fault => fault.Failures)];
        }
    }
}
