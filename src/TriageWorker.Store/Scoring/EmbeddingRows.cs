using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>The image vector that findings are scored with.</summary>
/// <param name="Space">What made it, lower-case hexadecimal: vectors of one space may be compared with the same sentences.</param>
/// <param name="Values">Of length 1.</param>
public sealed record ContrastiveVector(string Space, ReadOnlyMemory<float> Values);

/// <summary>Keeps the vector of a generation with its result, inside the caller's transaction.</summary>
internal static class EmbeddingRows
{
    public static async Task AddAsync(DatabaseTransaction transaction, StudyUid study, GenerationId generation, PackageIdentity package, ContrastiveVector vector, CancellationToken stop)
    {
        // A package's first result makes its source, and may meet another that does the same.
        var source = await SourceAsync(transaction, package, stop);
        if (source is null)
        {
            await transaction.Connection.ExecuteAsync(
                "insert into embedding_source (package_digest, package_id, package_version, space) values ($1, $2, $3, $4) on conflict (package_digest) do nothing",
                [Convert.FromHexString(package.Digest), package.Id, package.Version, Convert.FromHexString(vector.Space)], stop);
            source = await SourceAsync(transaction, package, stop);
        }

        await transaction.Connection.ExecuteAsync("insert into embedding (generation_id, source, study_uid, contrastive) values ($1, $2, $3, $4)",
            [generation.Value, source, study.Value, Floats.ToBytes(vector.Values.Span)], stop);
    }

    private static async Task<int?> SourceAsync(DatabaseTransaction transaction, PackageIdentity package, CancellationToken stop) =>
        await transaction.Connection.FirstAsync<int?>("select id from embedding_source where package_digest = $1", [Convert.FromHexString(package.Digest)], row => row.GetInt32(0), stop);
}
