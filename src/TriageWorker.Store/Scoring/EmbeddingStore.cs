using System.Runtime.CompilerServices;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>A package of which image vectors are kept.</summary>
/// <param name="Digest">Of the package, lower-case hexadecimal.</param>
/// <param name="Space">Vectors of packages with the same one may be compared with the same sentences.</param>
/// <param name="Vectors">How many are kept, also of generations that newer ones superseded.</param>
public sealed record EmbeddingSource(int Id, string PackageId, string Version, string Digest, string Space, long Vectors);

/// <summary>The newest image vector of one study.</summary>
public sealed record StoredVector(GenerationId Generation, StudyUid Study, float[] Contrastive);

/// <summary>Both vectors of one generation.</summary>
/// <param name="Pooled">Not normalised; empty when the package gives none.</param>
/// <param name="Contrastive">Of length 1; empty when the package gives none, or when it was scored before these were kept.</param>
public sealed record StudyVectors(GenerationId Generation, DateTimeOffset CommittedAt, float[] Pooled, float[] Contrastive);

/// <summary>Finds image vectors: those of a study, and all that may be compared with the same sentences.</summary>
public sealed class EmbeddingStore(Database database)
{
    private const int PageSize = 1000;

    /// <summary>Of one study and one package, newest generation first.</summary>
    /// <param name="packageDigest">Lower-case hexadecimal.</param>
    public async Task<IReadOnlyList<StudyVectors>> OfAsync(StudyUid study, string packageDigest, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            """
            select r.generation_id, r.committed_at, r.embedding, e.contrastive
            from generation g join result r on r.generation_id = g.id left join embedding e on e.generation_id = g.id
            where g.study_uid = $1 and g.package_digest = $2 order by r.committed_at desc
            """,
            [study.Value, Convert.FromHexString(packageDigest)],
            row => new StudyVectors(new(row.GetGuid(0)), row.Time(1), Floats.Read(row.GetFieldValue<byte[]>(2)), row.IsDBNull(3) ? [] : Floats.Read(row.GetFieldValue<byte[]>(3))), stop);
    }

    /// <summary>All packages of which vectors are kept, those with most first.</summary>
    public async Task<IReadOnlyList<EmbeddingSource>> SourcesAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            """
            select s.id, s.package_id, s.package_version, encode(s.package_digest, 'hex'), encode(s.space, 'hex'), kept.vectors
            from embedding_source s join (select source, count(*) as vectors from embedding group by source) kept on kept.source = s.id
            order by kept.vectors desc, s.id
            """,
            [], row => new EmbeddingSource(row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt64(5)), stop);
    }

    /// <summary>
    /// The newest vector of every study that has one of these sources, page by page in the order they were written; no page is larger than a
    /// thousand, and nothing is held open between two. What is committed after the first was asked for is not among them.
    /// </summary>
    public async IAsyncEnumerable<IReadOnlyList<StoredVector>> PagesAsync(IReadOnlyList<int> sources, [EnumeratorCancellation] CancellationToken stop)
    {
        var after = Guid.Empty;
        DateTimeOffset until;
        await using (var connection = await database.OpenAsync(stop)) until = await connection.FirstAsync("select clock_timestamp()", [], row => row.Time(0), stop);
        while (true)
        {
            List<StoredVector> page;
            var last = after;
            await using (var connection = await database.OpenAsync(stop))
            {
                page = await connection.ListAsync(
                    """
                    select e.generation_id, e.study_uid, e.contrastive from embedding e
                    where e.source = any($1) and e.generation_id > $2 and e.committed_at <= $4 and not exists (
                      select 1 from embedding newer where newer.study_uid = e.study_uid and newer.source = any($1) and newer.committed_at <= $4
                        and (newer.committed_at, newer.generation_id) > (e.committed_at, e.generation_id))
                    order by e.generation_id limit $3
                    """,
                    [sources.ToArray(), after, PageSize, until],
                    row => new StoredVector(new(last = row.GetGuid(0)), new(row.GetString(1)), Floats.Read(row.GetFieldValue<byte[]>(2))), stop);
            }

            if (page.Count == 0) yield break;
            after = last;
            yield return page;
        }
    }
}
