using System.Text.Json;
using System.Text.Json.Serialization;
using TriageWorker.Triage;
using TriageWorker.Triage.Messages;

namespace TriageWorker.Store;

/// <summary>The JSON columns. A score that is no number stays one ("NaN"), so that what the model said is what is kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(WakeUp))]
[JsonSerializable(typeof(StudyScores))]
[JsonSerializable(typeof(IReadOnlyList<Flag>))]
[JsonSerializable(typeof(IReadOnlyList<PhenotypeLabel>))]
[JsonSerializable(typeof(IReadOnlyList<RiskScore>))]
[JsonSerializable(typeof(IReadOnlyList<ApprovedFinding>))]
[JsonSerializable(typeof(IReadOnlyList<GenerationInput>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, double>))]
[JsonSerializable(typeof(IReadOnlyDictionary<Stage, int>))]
internal sealed partial class StoreJson : JsonSerializerContext
{
    public static string Write(StudyScores scores) => JsonSerializer.Serialize(scores, Default.StudyScores);

    public static string Write(IReadOnlyList<Flag> flags) => JsonSerializer.Serialize(flags, Default.IReadOnlyListFlag);

    public static string Write(IReadOnlyList<ApprovedFinding> approved) => JsonSerializer.Serialize(approved, Default.IReadOnlyListApprovedFinding);

    public static string Write(IReadOnlyList<GenerationInput> inputs) => JsonSerializer.Serialize(inputs, Default.IReadOnlyListGenerationInput);

    public static string Write(IReadOnlyDictionary<string, double> figures) => JsonSerializer.Serialize(figures, Default.IReadOnlyDictionaryStringDouble);

    public static string Write(IReadOnlyDictionary<Stage, int> slots) => JsonSerializer.Serialize(slots, Default.IReadOnlyDictionaryStageInt32);

    public static string Write(IReadOnlyList<PhenotypeLabel> labels) => JsonSerializer.Serialize(labels, Default.IReadOnlyListPhenotypeLabel);

    public static string Write(IReadOnlyList<RiskScore> risks) => JsonSerializer.Serialize(risks, Default.IReadOnlyListRiskScore);

    public static IReadOnlyList<RiskScore> ReadRisks(string json) => Require(JsonSerializer.Deserialize(json, Default.IReadOnlyListRiskScore), "result_addition.risks");

    public static StudyScores ReadScores(string json) => Require(JsonSerializer.Deserialize(json, Default.StudyScores), "result.scores");

    public static IReadOnlyList<PhenotypeLabel> ReadLabels(string json) => Require(JsonSerializer.Deserialize(json, Default.IReadOnlyListPhenotypeLabel), "phenotype_labels.labels");

    public static IReadOnlyList<Flag> ReadFlags(string json) => Require(JsonSerializer.Deserialize(json, Default.IReadOnlyListFlag), "flags");

    public static IReadOnlyList<ApprovedFinding> ReadApproved(string json) =>
        Require(JsonSerializer.Deserialize(json, Default.IReadOnlyListApprovedFinding), "decision.approved");

    public static IReadOnlyList<GenerationInput> ReadInputs(string json) =>
        Require(JsonSerializer.Deserialize(json, Default.IReadOnlyListGenerationInput), "generation.inputs");

    public static IReadOnlyDictionary<string, double> ReadFigures(string json) =>
        Require(JsonSerializer.Deserialize(json, Default.IReadOnlyDictionaryStringDouble), "figures");

    public static IReadOnlyDictionary<Stage, int> ReadSlots(string json) => Require(JsonSerializer.Deserialize(json, Default.IReadOnlyDictionaryStageInt32), "node.slots");

    private static T Require<T>(T? value, string column) => value ?? throw new JsonException($"{column} holds null.");
}
