using System.Text.Json.Serialization;

namespace TriageWorker.Host.Doctor;

/// <summary>What <c>triage doctor --json</c> says.</summary>
public sealed record DoctorAnswer(DateTimeOffset At, int Faults, int Warnings, IReadOnlyList<Diagnosis> Checks)
{
    public static DoctorAnswer Of(DateTimeOffset at, IReadOnlyList<Diagnosis> found) =>
        new(at, found.Count(each => each.Judgement == Judgement.Fault), found.Count(each => each.Judgement == Judgement.Warning), found);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(DoctorAnswer))]
internal sealed partial class DoctorJson : JsonSerializerContext;
