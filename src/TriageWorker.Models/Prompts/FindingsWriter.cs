using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using TriageWorker.Models.Packages;

namespace TriageWorker.Models.Prompts;

/// <summary>Puts a bank's sentences and their vectors into a package that is being made: two files, the manifest's section on findings, and a version that tells of them.</summary>
internal static partial class FindingsWriter
{
    private const string Manifest = "manifest.json", VectorsFile = "findings.npy", BankFile = "prompts.json";
    private const int DigitsOfDigest = 8;

    /// <summary>What the import says of a package without a bank, and is no longer true.</summary>
    public const string NothingScored = "No finding is scored yet: the package has no prompt bank.";

    /// <param name="folder">Of the draft, whose manifest is there and is written anew.</param>
    /// <param name="vectors">Of <see cref="PromptBank.Sentences"/>, in their order, each of length 1.</param>
    public static void Write(string folder, PromptBank bank, IReadOnlyList<float[]> vectors, string encoder, string sanitiser)
    {
        var columns = vectors[0].Length;
        var npy = new NpyMatrix(vectors.Count, columns, [.. vectors.SelectMany(vector => vector)]).ToBytes();
        var json = bank.Json.ToArray();
        File.WriteAllBytes(Path.Combine(folder, VectorsFile), npy);
        File.WriteAllBytes(Path.Combine(folder, BankFile), json);
        var manifest = Read(folder);
        manifest = manifest with
        {
            Version = $"{PromptsOfVersion().Replace(manifest.Version ?? "", "")}+p{bank.Digest[..DigitsOfDigest]}",
            IntendedUse = manifest.IntendedUse is null ? null : manifest.IntendedUse with { Warnings = [.. (manifest.IntendedUse.Warnings ?? []).Where(warning => warning != NothingScored)] },
            Findings = new FindingsDocument
            {
                Rule = FindingsReader.Rule,
                Bank = VectorsFile,
                Sha256 = Digest(npy),
                Prompts = new PromptsDocument { File = BankFile, Sha256 = Digest(json), Encoder = encoder, Sanitiser = sanitiser },
                Labels = Labels(bank),
            },
        };
        Save(folder, manifest);
    }

    /// <summary>A manifest that says nothing of findings, for a draft whose sentences are still to be read.</summary>
    public static void WriteWithout(string folder, ManifestDocument manifest) => Save(folder, manifest with { Findings = null });

    /// <summary>A manifest that was loaded before, so that it can be read.</summary>
    public static ManifestDocument Read(string folder) => JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, Manifest)), ManifestJson.Default.ManifestDocument)!;

    private static void Save(string folder, ManifestDocument manifest) =>
        File.WriteAllBytes(Path.Combine(folder, Manifest), [.. JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.ManifestDocument), (byte)'\n']);

    private static List<LabelDocument> Labels(PromptBank bank)
    {
        var row = 0;
        return [.. bank.Findings.Select(finding => new LabelDocument
        {
            Key = finding.Label.Key,
            Label = finding.Label.Label,
            Code = Code(finding.Label.Code),
            Site = finding.Label.Site is { } site ? Code(site) : null,
            Positive = Rows(finding.Positive.Count),
            Negative = Rows(finding.Negative.Count),
        })];

        RowsDocument Rows(int count)
        {
            var rows = new RowsDocument { First = row, Count = count };
            row += count;
            return rows;
        }
    }

    private static CodeDocument Code(LabelCode code) => new() { Value = code.Value, Scheme = code.Scheme, Meaning = code.Meaning };

    private static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    [GeneratedRegex(@"\+p[0-9a-f]{8}$")]
    private static partial Regex PromptsOfVersion();
}
