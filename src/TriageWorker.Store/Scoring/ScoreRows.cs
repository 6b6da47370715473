using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>What a phenotype's score is about; the same for all results of a package.</summary>
internal sealed record PhenotypeLabel(string Key, string Label, CodedConcept Code);

/// <summary>
/// Scores as the tables keep them. Names and codes of phenotypes, 1,692 of them in a Merlin, stand once for a package and not in each result: there their scores
/// are an array in single precision.
/// </summary>
internal static class ScoreRows
{
    /// <summary>Of <c>result r</c>, and what <see cref="Read"/> takes.</summary>
    public const string Columns =
        "r.scores::text, r.phenotypes, (select l.labels::text from phenotype_labels l join generation of on of.package_digest = l.package_digest where of.id = r.generation_id)";

    /// <summary>Keeps the names of the package's phenotypes, unless they are known. In the transaction of the first result that has them.</summary>
    public static async Task AddLabelsAsync(NpgsqlConnection connection, StudyScores scores, CancellationToken stop)
    {
        if (scores.Phenotypes.Count == 0) return;
        await connection.ExecuteAsync("insert into phenotype_labels (package_digest, labels) values ($1, $2::jsonb) on conflict (package_digest) do nothing",
            [Convert.FromHexString(scores.Package.Digest), StoreJson.Write([.. scores.Phenotypes.Select(score => new PhenotypeLabel(score.Key, score.Label, score.Code))])], stop);
    }

    /// <summary>All but the phenotypes.</summary>
    public static string Json(StudyScores scores) => StoreJson.Write(scores with { Phenotypes = [] });

    public static float[] Phenotypes(StudyScores scores) => [.. scores.Phenotypes.Select(score => (float)score.Score)];

    /// <param name="at">Where the columns begin.</param>
    public static StudyScores Read(NpgsqlDataReader row, int at = 0)
    {
        var scores = StoreJson.ReadScores(row.GetString(at));
        if (row.IsDBNull(at + 1) || row.IsDBNull(at + 2)) return scores;
        var values = row.GetFieldValue<float[]>(at + 1);
        return scores with { Phenotypes = [.. StoreJson.ReadLabels(row.GetString(at + 2)).Zip(values, (label, value) => new PhenotypeScore(label.Key, label.Label, value, label.Code))] };
    }
}
