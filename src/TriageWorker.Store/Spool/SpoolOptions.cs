using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TriageWorker.Store;

/// <summary>Section <c>Spool</c>: where received objects are kept.</summary>
public sealed record SpoolOptions
{
    public const string Section = "Spool";

    /// <summary>One folder on one file system, since files move in it by hard link. Relative to the working directory.</summary>
    [Required]
    public string Folder { get; init; } = "var/spool";

    /// <summary>With less free space than this, nothing more is taken: callers are told to come back.</summary>
    [Range(0, long.MaxValue)]
    public long MinimumFreeBytes { get; init; } = 2L << 30;

    /// <summary>The site keeps its only copies here: nothing is ever removed, whatever <c>Retention</c> says, and storage commitment is answered with success.</summary>
    public bool Archive { get; init; }

    /// <summary>How other hosts read it.</summary>
    [ValidateObjectMembers]
    public SpoolSharing Sharing { get; init; } = new();
}

[OptionsValidator]
internal sealed partial class SpoolOptionsValidator : IValidateOptions<SpoolOptions>;
