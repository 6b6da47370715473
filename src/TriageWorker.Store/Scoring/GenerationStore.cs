using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <param name="Digest">SHA-256 of the data set, lower-case hexadecimal.</param>
public sealed record GenerationInput(string Sop, string Digest);

/// <param name="Inputs">The images of the chosen series in slice order.</param>
public sealed record NewGeneration(StudyUid Study, PackageIdentity Package, SeriesUid Series, IReadOnlyList<GenerationInput> Inputs);

/// <param name="HasResult">It was scored already: there is nothing left to do for it.</param>
public sealed record GenerationRow(GenerationId Id, StudyUid Study, string PackageId, string PackageVersion, string PackageDigest,
    SeriesUid Series, GenerationId? Supersedes, DateTimeOffset CreatedAt, bool HasResult);

/// <summary>Generations: which package reads which images of a study. The same inputs find the same generation.</summary>
public sealed class GenerationStore(Database database, NodeName node)
{
    internal const string Columns =
        """
        g.id, g.study_uid, g.package_id, g.package_version, encode(g.package_digest, 'hex'), g.series_uid, g.supersedes, g.created_at,
        exists (select 1 from result r where r.generation_id = g.id)
        """;

    /// <summary>Finds the generation or makes it; a new one supersedes the newest older one of the same study and package id.</summary>
    public async Task<GenerationRow> FindOrAddAsync(NewGeneration generation, CancellationToken stop)
    {
        var packageDigest = Convert.FromHexString(generation.Package.Digest);
        var inputsDigest = DigestOf(generation.Inputs);
        await using var transaction = await database.BeginAsync(stop);
        // Two workers that add to one study would both supersede the same older one.
        await transaction.Connection.ExecuteAsync("select 1 from study where study_uid = $1 for no key update", [generation.Study.Value], stop);
        var id = new GenerationId(Guid.CreateVersion7());
        var added = await transaction.Connection.ExecuteAsync(
            """
            insert into generation (id, study_uid, package_id, package_version, package_digest, series_uid, inputs, inputs_digest, supersedes)
            values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8,
              (select older.id from generation older where older.study_uid = $2 and older.package_id = $3 order by older.created_at desc limit 1))
            on conflict (study_uid, package_id, package_digest, inputs_digest) do nothing
            """,
            [id.Value, generation.Study.Value, generation.Package.Id, generation.Package.Version, packageDigest, generation.Series.Value,
             StoreJson.Write(generation.Inputs), inputsDigest], stop);
        if (added == 1)
            await AuditLedger.AppendAsync(transaction, new(node.Value, "generation.made", generation.Study, id, new JsonObject
            {
                ["package"] = generation.Package.Id,
                ["version"] = generation.Package.Version,
                ["packageDigest"] = generation.Package.Digest,
                ["series"] = generation.Series.Value,
                ["images"] = generation.Inputs.Count,
                ["inputsDigest"] = Convert.ToHexStringLower(inputsDigest),
            }), stop);
        var row = await transaction.Connection.FirstAsync(
            $"select {Columns} from generation g where study_uid = $1 and package_id = $2 and package_digest = $3 and inputs_digest = $4",
            [generation.Study.Value, generation.Package.Id, packageDigest, inputsDigest], Read, stop);
        await transaction.CommitAsync(stop);
        return row!;
    }

    public async Task<IReadOnlyList<GenerationInput>> InputsAsync(GenerationId generation, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync("select inputs::text from generation where id = $1", [generation.Value],
            row => StoreJson.ReadInputs(row.GetString(0)), stop) ?? [];
    }

    internal static GenerationRow Read(NpgsqlDataReader row) => new(new(row.GetGuid(0)), new(row.GetString(1)), row.GetString(2), row.GetString(3),
        row.GetString(4), new(row.GetString(5)), row.GuidOrNull(6) is { } older ? new GenerationId(older) : null, row.Time(7), row.GetBoolean(8));

    private static byte[] DigestOf(IReadOnlyList<GenerationInput> inputs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var input in inputs) hash.AppendData(Encoding.ASCII.GetBytes($"{input.Sop} {input.Digest}\n"));
        return hash.GetHashAndReset();
    }
}
