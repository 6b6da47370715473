using System.Text.Encodings.Web;
using System.Text.Json;

namespace TriageWorker.Store;

/// <summary>Which rows leave in full. The others leave as their hash alone where their seal is needed.</summary>
/// <param name="From">The earliest time; null for no limit.</param>
/// <param name="To">The first time that is too late; null for no limit.</param>
public sealed record LedgerSelection(DateTimeOffset? From = null, DateTimeOffset? To = null, string? Study = null)
{
    public bool IsAll => this == new LedgerSelection();

    internal bool Holds(LedgerRow row)
    {
        if (Study is not null && row.Study != Study) return false;
        if (From is null && To is null) return true;
        return LedgerTime.Parse(row.At) is { } at && !(at < From) && !(at >= To);
    }
}

/// <summary>
/// The ledger as JSON Lines, for an auditor who has nothing of ours: rows, then the seal over them, in the order of the chain.
/// Every seal is there, and of a seal with selected rows the hashes of the others, so the chain can be recomputed up to the
/// newest head. <c>docs/audit-ledger.md</c> says how.
/// </summary>
public sealed class LedgerExport(Database database)
{
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    /// <param name="begun">Told about how many rows there are.</param>
    /// <param name="advanced">Told how many rows were read since the last call.</param>
    /// <returns>How many rows left in full.</returns>
    public async Task<long> WriteAsync(Stream output, LedgerSelection selection, Action<long> begun, Action<int> advanced, CancellationToken stop)
    {
        const int tell = 1000;
        await using var walk = await LedgerWalk.BeginAsync(database, stop);
        begun(await walk.EstimateAsync(stop));
        await using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        var withheld = new List<byte[]>(); // under the seal that is being read, as long as none of its rows was selected
        var (rows, written, isNeeded) = (0L, 0L, selection.IsAll);
        await foreach (var step in walk.StepsAsync(stop))
        {
            switch (step)
            {
                case LedgerStep.SealEnd(var seal, _):
                    await LineAsync(() => Write(json, seal));
                    withheld.Clear();
                    isNeeded = selection.IsAll;
                    continue;
                case LedgerStep.Sealed(var row, var hash, var seal) when selection.Holds(row):
                    foreach (var other in withheld) await LineAsync(() => Write(json, seal.Seq, other));
                    withheld.Clear();
                    isNeeded = true;
                    written++;
                    await LineAsync(() => Write(json, row, hash, seal.Seq));
                    break;
                case LedgerStep.Sealed(_, var hash, var seal) when isNeeded:
                    await LineAsync(() => Write(json, seal.Seq, hash));
                    break;
                case LedgerStep.Sealed(_, var hash, _):
                    withheld.Add(hash);
                    break;
                case LedgerStep.Loose(var row, var hash, _, _) when selection.Holds(row):
                    written++;
                    await LineAsync(() => Write(json, row, hash, seal: null));
                    break;
                case LedgerStep.Loose:
                    break;
            }

            if (++rows % tell == 0) advanced(tell);
        }

        advanced((int)(rows % tell));
        await output.FlushAsync(stop);
        return written;

        async Task LineAsync(Action line)
        {
            line();
            await json.FlushAsync(stop);
            json.Reset();
            await output.WriteAsync(LineEnd, stop);
        }
    }

    private static void Write(Utf8JsonWriter json, LedgerRow row, byte[] hash, long? seal)
    {
        json.WriteStartObject();
        json.WriteString("kind", "row");
        if (seal is { } under) json.WriteNumber("seal", under);
        else json.WriteNull("seal");
        json.WriteString("hash", Convert.ToHexStringLower(hash));
        json.WriteNumber("id", row.Id);
        json.WriteString("cluster", $"{row.Cluster}"); // as text: 64 bits are more than many JSON readers hold
        json.WriteString("xid", $"{row.Xid}");
        json.WriteString("at", row.At);
        json.WriteString("actor", row.Actor);
        json.WriteString("event", row.Event);
        json.WriteString("study", row.Study);
        json.WriteString("generation", row.Generation);
        json.WriteString("detail", row.Detail);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, long seal, byte[] hash)
    {
        json.WriteStartObject();
        json.WriteString("kind", "withheld");
        json.WriteNumber("seal", seal);
        json.WriteString("hash", Convert.ToHexStringLower(hash));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Seal seal)
    {
        json.WriteStartObject();
        json.WriteString("kind", "seal");
        json.WriteNumber("seal", seal.Seq);
        json.WriteNumber("epoch", seal.Epoch);
        json.WriteString("cluster", $"{seal.Cluster}");
        json.WriteNumber("floorId", seal.FloorId);
        json.WriteString("firstXid", $"{seal.First.Xid}");
        json.WriteNumber("firstId", seal.First.Id);
        json.WriteString("lastXid", $"{seal.Last.Xid}");
        json.WriteNumber("lastId", seal.Last.Id);
        json.WriteNumber("topId", seal.TopId);
        json.WriteNumber("rows", seal.Rows);
        json.WriteNumber("total", seal.Total);
        json.WriteString("sealedAt", seal.SealedAt);
        json.WriteString("content", Convert.ToHexStringLower(seal.Content));
        json.WriteString("previous", Convert.ToHexStringLower(seal.Previous));
        json.WriteString("hash", Convert.ToHexStringLower(seal.Hash));
        json.WriteEndObject();
    }
}
