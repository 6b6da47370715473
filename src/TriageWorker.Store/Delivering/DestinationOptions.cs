using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TriageWorker.Store;

/// <summary>
/// Which destinations get which documents: what a decision needs to know of them. How to reach one is the delivery
/// role's; it binds the same section.
/// </summary>
public sealed record DestinationOptions
{
    [ValidateEnumeratedItems]
    public IList<PlannedDestination> Destinations { get; init; } = [];
}

public sealed record PlannedDestination
{
    [Required, RegularExpression("^[A-Za-z0-9._-]{1,64}$")]
    public string Name { get; init; } = "";

    /// <summary>Results of a demonstration model go to marked destinations only.</summary>
    public bool Demonstration { get; init; }

    /// <summary>Empty: one structured report.</summary>
    public IList<DocumentKind> Documents { get; init; } = [];

    public IEnumerable<DocumentKind> DocumentsOrDefault => Documents.Count == 0 ? [DocumentKind.Sr] : Documents.Distinct();
}

/// <summary>What is sent: the structured report, or the plain text one.</summary>
public enum DocumentKind
{
    Sr,
    Text,
}

[OptionsValidator]
internal sealed partial class DestinationOptionsValidator : IValidateOptions<DestinationOptions>;
