using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>
/// What a package computes after the urgent work, as a row of the scoring stage beside the study's own: one for each result that awaits something, pushed in the
/// transaction of that result.
/// </summary>
public static class DeferredWork
{
    /// <summary>With what the keys of such rows begin.</summary>
    public const string Prefix = "deferred/";

    /// <summary>All that comes within this time goes before it, of whatever class; then it ages as all does, so that it comes to its turn however much keeps coming.</summary>
    public static readonly TimeSpan Yields = TimeSpan.FromHours(1);

    public static bool IsKey(string key) => key.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The generation whose result awaits something.</summary>
    public static GenerationId GenerationOf(string key) => new(Guid.Parse(key.AsSpan(Prefix.Length)));

    internal static string KeyOf(GenerationId generation) => Prefix + generation;

    internal static Task PushAsync(DatabaseTransaction transaction, StudyUid study, GenerationId generation, CancellationToken stop) =>
        WorkRows.PushAsync(transaction, Stage.Scoring, KeyOf(generation), study, TimeSpan.Zero, -Yields, stop);
}
