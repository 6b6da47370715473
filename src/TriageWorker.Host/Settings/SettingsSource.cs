using Microsoft.Extensions.Configuration;

namespace TriageWorker.Host.Settings;

/// <summary>Where settings come from, weakest first: the product's defaults, one JSON file, the environment, the command line.</summary>
public static class SettingsSource
{
    public const string DefaultFile = "triage.json";

    /// <summary><c>TRIAGE__Section__Key</c>; a double underscore stands for the colon of a key path.</summary>
    public const string EnvironmentPrefix = "TRIAGE__";

    /// <param name="file">The file that was named, or null for <c>triage.json</c> in the current folder, which may be absent.</param>
    /// <param name="overrides">What the command line says, by key path.</param>
    /// <exception cref="UserFault">The named file is not there, or a file is no JSON.</exception>
    public static IConfigurationRoot Load(FileInfo? file, IEnumerable<KeyValuePair<string, string?>>? overrides = null)
    {
        if (file is { Exists: false }) throw new UserFault($"The settings file {file.FullName} is not there.");
        var path = file?.FullName ?? Path.GetFullPath(DefaultFile);
        try
        {
            return new ConfigurationBuilder()
                .Add(new HomeSource())
                .AddJsonFile(path, optional: true, reloadOnChange: false)
                .AddEnvironmentVariables(EnvironmentPrefix)
                .AddInMemoryCollection(overrides)
                .Build();
        }
        catch (InvalidDataException fault)
        {
            throw new UserFault($"The settings file {path} is not valid JSON: {fault.GetBaseException().Message}", fault);
        }
    }

    /// <summary>The product's defaults with these keys changed, whatever file and environment say.</summary>
    public static IConfigurationRoot DefaultsWith(IEnumerable<KeyValuePair<string, string?>> changes) =>
        new ConfigurationBuilder().Add(new HomeSource()).AddInMemoryCollection(changes).Build();

    /// <summary>Says in words where the effective value of a key stands.</summary>
    public static string OriginOf(IConfigurationRoot settings, string key)
    {
        var provider = settings.Providers.LastOrDefault(provider => provider.TryGet(key, out _));
        return provider switch
        {
            null or HomeProvider => "default",
            FileConfigurationProvider json => Path.GetFileName(json.Source.Path) ?? DefaultFile,
            Microsoft.Extensions.Configuration.EnvironmentVariables.EnvironmentVariablesConfigurationProvider => "environment",
            _ => "command line",
        };
    }

    /// <summary>Defaults that depend on where the product lies: its data folder is not the folder somebody happens to stand in.</summary>
    private sealed class HomeSource : IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => new HomeProvider();
    }

    private sealed class HomeProvider : ConfigurationProvider
    {
        public override void Load()
        {
            Data["Database:Embedded:Data"] = Path.Combine(Home.Data, "postgres");
            Data["Spool:Folder"] = Path.Combine(Home.Data, "spool");
            Data["Scoring:Cache:Folder"] = Path.Combine(Home.Data, "cache");
            Data["Audit:HeadFile"] = Path.Combine(Home.Data, "audit-heads.jsonl");
            Data["Scoring:Packages:0:Folder"] = Path.Combine(Home.Models, "phantom");
        }
    }
}
