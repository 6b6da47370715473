using Npgsql;

namespace TriageWorker.Store;

/// <summary>How a commitment request is answered.</summary>
/// <param name="CalledAe">Who we are to the caller.</param>
/// <param name="PeerAddress">Where it called from, without the port.</param>
/// <param name="WaitFor">How long the answer may wait for images that are not here.</param>
/// <param name="ReportAfter">How long the association that brought it has to take the answer; then it goes over another one.</param>
public sealed record CommitmentTerms(string CalledAe, string PeerAddress, TimeSpan WaitFor, TimeSpan ReportAfter);

internal static class CommitmentRows
{
    public static async Task OpenAsync(NpgsqlConnection connection, long manifest, CommitmentTerms terms, CancellationToken stop) => await connection.ExecuteAsync(
        """
        insert into commitment (manifest_id, called_ae, peer_address, answer_by, due_at) values ($1, $2, $3, now() + $4, now() + $5)
        on conflict (manifest_id) do update set called_ae = excluded.called_ae, peer_address = excluded.peer_address, answer_by = excluded.answer_by,
          due_at = excluded.due_at, attempts = 0, answered_at = null, answer = null, last_error = null
        """,
        [manifest, StoredText.Clean(terms.CalledAe), StoredText.Clean(terms.PeerAddress), terms.WaitFor, terms.ReportAfter], stop);
}
