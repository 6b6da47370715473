using TriageWorker.Triage;

namespace TriageWorker.Bus;

/// <summary>What a role does with the rows of its stage. One instance serves all slots.</summary>
public interface IStageWork
{
    Stage Stage { get; }

    RetryPolicy Retry { get; }

    /// <summary>
    /// Does the work and settles the claim: through a store that completes <see cref="Claim.Work"/>, or by rescheduling.
    /// An exception fails the attempt; it is tried again after <see cref="Retry"/>'s delay.
    /// </summary>
    /// <param name="stop">Cancelled when the lease is lost, or when shutdown waits no longer.</param>
    Task RunAsync(Claim claim, CancellationToken stop);

    /// <summary>
    /// Every attempt has failed, or the process died over each of them. Settles the claim without doing the work, so that
    /// the study is not silent: not analysed because of a technical fault; delivery failed because …
    /// The row ends dead in the same transaction. If this fails too, it is called again, for ever.
    /// </summary>
    Task GiveUpAsync(Claim claim, string because, CancellationToken stop);
}
