using System.Runtime.CompilerServices;
using System.Threading.Channels;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>
/// Follows what decisions, deliveries and closings tell (<c>LISTEN worklist</c>). It is a hint to read again, nothing more:
/// arrivals are not told, and while the connection is away nothing is, so a page also reads now and then by itself.
/// </summary>
public sealed class WorklistChanges(Database database)
{
    private const int Backlog = 1024;

    /// <summary>Studies that changed, until <paramref name="stop"/> or the connection breaks (then it throws).</summary>
    public async IAsyncEnumerable<StudyUid> FollowAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var told = Channel.CreateBounded<StudyUid>(new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.DropOldest });
        await using var connection = await database.OpenAsync(stop);
        connection.Notification += (_, notice) => told.Writer.TryWrite(new StudyUid(notice.Payload));
        await connection.ExecuteAsync("listen worklist", [], stop);
        while (true)
        {
            while (told.Reader.TryRead(out var study)) yield return study;
            await connection.WaitAsync(stop);
        }
    }
}
