using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TriageWorker.Store;

/// <summary>Section <c>Audit</c>: the chain over the ledger.</summary>
public sealed record AuditOptions
{
    public const string Section = "Audit";

    /// <summary>
    /// Where the newest seal is told each minute, outside the database: best on a machine that whoever administers the database
    /// cannot write to. Relative to the working directory. Lines are only added; the file may be moved away at any time.
    /// </summary>
    [Required]
    public string HeadFile { get; init; } = "var/audit-heads.jsonl";

    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan SealEvery { get; init; } = TimeSpan.FromSeconds(10);

    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan HeadEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A row that could not be sealed for so long is an alarm: until it is, it can be changed unnoticed.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan OverdueAfter { get; init; } = TimeSpan.FromMinutes(1);
}

[OptionsValidator]
internal sealed partial class AuditOptionsValidator : IValidateOptions<AuditOptions>;
