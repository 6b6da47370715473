using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TriageWorker.Models.Sentences;

namespace TriageWorker.Models.Packages;

/// <summary>Reads a manifest's section <c>text</c>, naming everything that stands in the way.</summary>
internal sealed class TextSectionReader(PackageFiles files, Faults faults)
{
    public const string Kind = "byte-pairs";

    private const int MostIds = 1 << 20, LongestSequence = 1 << 14;

    /// <summary>Null when the package reads no sentences, and after a fault.</summary>
    public PackageText? Read(TextDocument? text)
    {
        if (text is null) return null;
        faults.Literal("text.sanitiser", text.Sanitiser, only: Sanitiser.Id);
        var graph = files.Verify("text.file", text.File, text.Sha256);
        if (text.Data is not null) Verify("text.data", text.Data);
        ExternalData.Check(graph, files, "text.data", faults);
        var (input, output) = (faults.Text("text.input", text.Input), faults.Text("text.output", text.Output));
        var (size, vocabulary) = (Number("text.size", text.Size, 1, MostIds), Number("text.vocabulary", text.Vocabulary, 4, MostIds));
        if (!faults.Present("text.tokenizer", text.Tokenizer)) return null;
        faults.Literal("text.tokenizer.kind", text.Tokenizer.Kind, only: Kind);
        var tokenizer = Verify("text.tokenizer.files", text.Tokenizer.Files);
        if (tokenizer.Count > 2) faults.Add("text.tokenizer.files", "must be tokenizer.json, or vocab.json and merges.txt");
        var special = new SpecialTokens(Id("begin", text.Tokenizer.Begin), Id("pad", text.Tokenizer.Pad), Id("end", text.Tokenizer.End));
        var longest = Number("text.tokenizer.longest", text.Tokenizer.Longest, 3, LongestSequence);
        var golden = Golden(text.Golden, size, vocabulary);
        return graph is null || tokenizer.Count is 0 or > 2 || golden is null ? null : new PackageText(Digest(text), new TextParts
        {
            Size = size,
            Graph = graph,
            Input = input,
            Output = output,
            Vocabulary = vocabulary,
            TokenizerFiles = tokenizer,
            Special = special,
            Longest = longest,
            Golden = golden,
        });

        int Id(string name, int? value) => Number($"text.tokenizer.{name}", value, 0, vocabulary - 1);
    }

    private int Number(string path, int? value, int lowest, int highest)
    {
        if (value >= lowest && value <= highest) return value.Value;
        faults.Add(path, $"must be a whole number from {lowest} to {highest}");
        return lowest;
    }

    private List<string> Verify(string path, IReadOnlyList<GraphDataDocument>? listed)
    {
        if (!faults.NotEmpty(path, listed)) return [];
        return [.. listed.Select((each, i) => files.Verify($"{path}[{i}].file", each.File, each.Sha256)).OfType<string>()];
    }

    private TextGolden? Golden(GoldenDocument? document, int size, int vocabulary)
    {
        if (!faults.Present("text.golden", document) || files.Verify("text.golden.file", document.File, document.Sha256) is not { } file) return null;
        try
        {
            var golden = JsonSerializer.Deserialize(File.ReadAllBytes(file), ManifestJson.Default.TextGolden);
            if (golden is { Ids.Count: > 0, Tolerance: > 0 and <= 0.1 } && golden.Ids.Count == golden.Vectors.Count && golden.Vectors.All(vector => vector?.Length == size)
                && golden.Ids.All(ids => ids?.Length is > 0 and <= LongestSequence && ids.All(id => id >= 0 && id < vocabulary))) return golden;
            faults.Add("text.golden.file", $"{document.File} is not a vector of {size} numbers for each of its sequences");
        }
        catch (JsonException error)
        {
            faults.Add("text.golden.file", $"{document.File} cannot be read: {JsonFault.In(error)}");
        }

        return null;
    }

    /// <summary>File names are not in it: the same encoder in another package has the same digest.</summary>
    private static string Digest(TextDocument text)
    {
        string?[] parts = [text.Sanitiser, $"{text.Tokenizer!.Longest}", text.Sha256, .. (text.Data ?? []).Select(data => data.Sha256), .. text.Tokenizer.Files!.Select(each => each.Sha256)];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts).ToLowerInvariant())));
    }
}
