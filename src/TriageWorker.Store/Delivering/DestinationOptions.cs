using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>
/// Which destinations get which documents: what a decision needs to know of them. How to reach one is the delivery
/// role's; it binds the same section.
/// </summary>
public sealed record DestinationOptions
{
    /// <summary>The destination that stands where a site has named none: our own store, shown in our own viewer.</summary>
    public const string OwnStore = "own-store";

    [ValidateEnumeratedItems]
    public IList<PlannedDestination> Destinations { get; init; } = [];
}

public sealed record PlannedDestination
{
    [Required, RegularExpression("^[A-Za-z0-9._-]{1,64}$")]
    public string Name { get; init; } = "";

    /// <summary>As the delivery role has it.</summary>
    public string Kind { get; init; } = "Dicom";

    public string Host { get; init; } = "";

    public int Port { get; init; } = 104;

    public string CalledAe { get; init; } = "";

    /// <summary>Images can be sent there by C-STORE.</summary>
    public bool IsDicom => CalledAe.Length > 0 && Kind.Equals("Dicom", StringComparison.OrdinalIgnoreCase);

    /// <summary>Results of a demonstration model go to marked destinations only.</summary>
    public bool Demonstration { get; init; }

    /// <summary>False: it gets originals only, no result.</summary>
    public bool Results { get; init; } = true;

    /// <summary>Of a verdict; empty: one structured report. That a study was not analysed is always said in plain text.</summary>
    public IList<DocumentKind> Documents { get; init; } = [];

    public IEnumerable<DocumentKind> DocumentsFor(Outcome outcome) => !Results ? []
        : outcome is Outcome.NotAnalysed ? [DocumentKind.Text]
        : Documents.Count == 0 ? [DocumentKind.Sr]
        : Documents.Distinct();
}

/// <summary>What is sent: the structured report, or the plain text one.</summary>
public enum DocumentKind
{
    Sr,
    Text,
}

[OptionsValidator]
internal sealed partial class DestinationOptionsValidator : IValidateOptions<DestinationOptions>;
