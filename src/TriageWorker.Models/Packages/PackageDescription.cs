using System.Text.Json;

namespace TriageWorker.Models.Packages;

/// <summary>A file that a package names.</summary>
public sealed record PackageFile(string Name, string Sha256, long Bytes);

/// <summary>A file that a package was made of.</summary>
public sealed record PackageSource(string File, string Sha256, long? Bytes);

/// <summary>What a manifest says for people: nothing of it is computed with.</summary>
/// <param name="CommercialUse">Null where the manifest leaves it open.</param>
public sealed record PackageDescription(string Vendor, string? Created, string Statement, bool? CommercialUse, string? Made, string? Tool, string? Data,
    IReadOnlyList<PackageSource> Sources, IReadOnlyList<PackageFile> Files, string? PhenotypesNote, string? RisksNote)
{
    /// <summary>Reads it of a package that has been loaded, so that it is known to be whole.</summary>
    public static PackageDescription Of(ModelPackage package)
    {
        var document = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(package.Directory, "manifest.json")), ManifestJson.Default.ManifestDocument)!;
        var graphs = document.Graphs ?? [];
        (string? Name, string? Sha256)[] files =
        [
            .. graphs.Select(graph => (graph.File, graph.Sha256)),
            .. graphs.SelectMany(graph => graph.Data ?? []).Select(data => (data.File, data.Sha256)),
            (document.Findings?.Bank, document.Findings?.Sha256),
            (document.Findings?.Prompts?.File, document.Findings?.Prompts?.Sha256),
            (document.Golden?.File, document.Golden?.Sha256),
            (document.Text?.File, document.Text?.Sha256),
            .. (document.Text?.Data ?? []).Concat(document.Text?.Tokenizer?.Files ?? []).Select(file => (file.File, file.Sha256)),
            (document.Text?.Golden?.File, document.Text?.Golden?.Sha256),
        ];
        var provenance = document.Provenance;
        return new(document.Vendor ?? "", document.Created, document.IntendedUse?.Statement ?? "", document.Licence?.CommercialUse,
            provenance?.Made, provenance?.Tool, provenance?.Data,
            [.. (provenance?.Sources ?? []).Select(source => new PackageSource(source.File ?? "", source.Sha256 ?? "", source.Bytes))],
            [.. from file in files
                where file.Name is not null
                select new PackageFile(file.Name, file.Sha256 ?? "", new FileInfo(Path.Combine(package.Directory, file.Name)).Length)],
            document.Phenotypes?.Note, document.Risks?.Note);
    }
}
