using System.Diagnostics;
using System.Text.Json.Nodes;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>What the site has confirmed of risks whose label is disputed: an act of a person, kept in the ledger.</summary>
public sealed class RiskConfirmationStore(Database database)
{
    public async Task<IReadOnlyList<ConfirmedRisk>> AllAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync("select package_id, risk, disease, confirmed_by, confirmed_at from risk_confirmation order by package_id, risk", [],
            row => new ConfirmedRisk(row.GetString(0), row.GetString(1),
                RiskDisease.Named(row.GetString(2)) ?? throw new UnreachableException($"{row.GetString(2)} is no disease we know."), row.GetString(3), row.Time(4)), stop);
    }

    /// <summary>Confirms it, or confirms another disease than before. Saying the same again changes nothing.</summary>
    /// <param name="actor">Who says so, as the ledger is to have it.</param>
    /// <returns>False when that was confirmed already.</returns>
    public async Task<bool> ConfirmAsync(string packageId, string risk, RiskDisease disease, string actor, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        var before = await transaction.Connection.FirstAsync("select disease from risk_confirmation where package_id = $1 and risk = $2 for update", [packageId, risk], row => row.GetString(0), stop);
        if (before == disease.Name) return false;
        await transaction.Connection.ExecuteAsync(
            """
            insert into risk_confirmation (package_id, risk, disease, confirmed_by) values ($1, $2, $3, $4)
            on conflict (package_id, risk) do update set disease = excluded.disease, confirmed_by = excluded.confirmed_by, confirmed_at = clock_timestamp()
            """,
            [packageId, risk, disease.Name, actor], stop);
        await AuditLedger.AppendAsync(transaction, new(actor, "risk.confirmed", Detail: new JsonObject
        {
            ["package"] = packageId,
            ["risk"] = risk,
            ["as"] = disease.Name,
            ["before"] = before,
        }), stop);
        await transaction.CommitAsync(stop);
        return true;
    }
}
