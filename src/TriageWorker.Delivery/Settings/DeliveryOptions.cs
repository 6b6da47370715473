using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TriageWorker.Delivery;

/// <summary>Section <c>Delivery</c>: who we are in our documents, and what they hold.</summary>
public sealed record DeliveryOptions
{
    public const string Section = "Delivery";

    /// <summary>Documents under way at once to each destination: one that hangs keeps only its own waiting.</summary>
    [Range(1, 32)]
    public int Slots { get; init; } = 2;

    /// <summary>Our AE title when we send.</summary>
    [Required, RegularExpression(AeTitle)]
    public string CallingAe { get; init; } = "TRIAGE";

    /// <summary>Institution Name (0008,0080); empty: not written.</summary>
    [StringLength(64)]
    public string Institution { get; init; } = "";

    /// <summary>
    /// Device Serial Number (0018,1000) of this installation; empty: the one that its database drew for itself. Device, series and
    /// tracking UIDs are derived from it: change it never, and give no two installations the same.
    /// </summary>
    [StringLength(64)]
    public string SerialNumber { get; init; } = "";

    /// <summary>Findings below their threshold and band are written as absent; else they carry no presence code.</summary>
    public bool WriteAbsent { get; init; } = true;

    /// <summary>Names for each finding that is present the slice that the model attended to, which is no location: in words, and as a reference to the image.</summary>
    public bool KeySlices { get; init; }

    /// <summary>The package's phenotypes at or above <see cref="PhenotypeThreshold"/>.</summary>
    public bool Phenotypes { get; init; } = true;

    [Range(0, 1)]
    public double PhenotypeThreshold { get; init; } = 0.15;

    [Range(0, 100)]
    public int MostPhenotypes { get; init; } = 20;

    /// <summary>The package's five-year risks.</summary>
    public bool Risks { get; init; } = true;

    /// <summary>Attempts for a document at a destination that answers: some days. While the destination is down it waits, and none is counted.</summary>
    [Range(1, 10_000)]
    public int MaxAttempts { get; init; } = 500;

    internal const string AeTitle = @"^[^\\\s\p{C}][^\\\p{C}]{0,15}$"; // AE: up to 16 characters, no backslash or control (PS3.5, 6.2)
}

[OptionsValidator]
internal sealed partial class DeliveryOptionsValidator : IValidateOptions<DeliveryOptions>;
