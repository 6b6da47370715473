using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>What was added to a result after it had been decided on, or why nothing was.</summary>
/// <param name="Risks">Empty when there are none.</param>
/// <param name="Because">A sentence; null when there are risks.</param>
/// <param name="Provider">The execution provider that ran the network; null when none did.</param>
/// <param name="Timings">Milliseconds by step.</param>
public sealed record ResultAddition(IReadOnlyList<RiskScore> Risks, string? Because, string? Provider, IReadOnlyDictionary<string, double> Timings, DateTimeOffset At);

/// <summary>Risks of one generation, ready to be added.</summary>
/// <param name="TensorDigest">SHA-256 of the model's input.</param>
/// <param name="Timings">Milliseconds by step.</param>
public sealed record DeferredRisks(GenerationId Generation, IReadOnlyList<RiskScore> Risks, byte[] TensorDigest, string Provider, string CodeVersion, IReadOnlyDictionary<string, double> Timings);

/// <summary>A result that may await something.</summary>
/// <param name="IsSettled">Its risks are there.</param>
/// <param name="IsReplaced">The same package has a newer result of the study.</param>
public sealed record AwaitingResult(GenerationRow Generation, bool IsSettled, bool IsReplaced);
