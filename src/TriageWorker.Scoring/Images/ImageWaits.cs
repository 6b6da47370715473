using Microsoft.Extensions.Options;
using TriageWorker.Bus;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Scoring;

/// <summary>Puts studies off whose node is away, without counting it as an attempt: the node may return, and nothing is wrong with the study.</summary>
public sealed class ImageWaits(Database database, ImageWaitStore waits, IOptions<ScoringRoleOptions> role)
{
    /// <exception cref="LeaseLostException">Somebody else has it, or it was pushed anew.</exception>
    public async Task PutOffAsync(Claim claim, StudyReading.Away away, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        var now = await waits.SetAsync(transaction, claim.Study, away.Node, away.Images, away.Because, stop);
        await claim.RescheduleAsync(transaction, now + role.Value.Nodes.TryEvery, stop);
        await transaction.CommitAsync(stop);
    }

    /// <summary>It waits for no node any more.</summary>
    public Task EndAsync(StudyUid study, CancellationToken stop) => waits.ClearAsync(study, stop);
}
