using System.Globalization;

namespace TriageWorker.Triage;

/// <summary>A disease that a disputed risk may be about.</summary>
/// <param name="Name">As it is typed and stored.</param>
/// <param name="Key">Of a score that is about it.</param>
public sealed record RiskDisease(string Name, string Key, string Label, CodedConcept Code)
{
    public static IReadOnlyList<RiskDisease> All { get; } =
    [
        new("osteoporosis", "R5_OST", "Osteoporosis", new("64859006", "SCT", "Osteoporosis")),
        new("chronic-liver-disease", "R5_CLD", "Chronic liver disease", new("328383001", "SCT", "Chronic liver disease")),
    ];

    /// <summary>Null when there is none of that name.</summary>
    public static RiskDisease? Named(string name) => All.FirstOrDefault(disease => disease.Name == name);
}

/// <summary>That somebody at this site has confirmed what a disputed risk of a package is about.</summary>
/// <param name="Risk">The label's key in the package.</param>
public sealed record ConfirmedRisk(string PackageId, string Risk, RiskDisease Disease, string By, DateTimeOffset At)
{
    /// <summary>The score as it is told: by the confirmed name, with the note that others dispute it.</summary>
    public RiskScore Tell(RiskScore score) => score with
    {
        Key = Disease.Key,
        Label = Disease.Label,
        Code = Disease.Code,
        Held = null,
        Note = string.Create(CultureInfo.InvariantCulture, $"The publishers' sources disagree about this output; this site confirmed {Disease.Label.ToLowerInvariant()} on {At:yyyy-MM-dd}."),
    };
}
