using System.Security.Cryptography;
using System.Text.Json;
using TriageWorker.Models.Graphs;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sentences;

namespace TriageWorker.Models.Merlin.Import;

/// <summary>Writes what of a package reads sentences: the encoder's graph, the tokenizer's files as they were brought, a test of both.</summary>
internal sealed class TextPart
{
    private const string GraphName = "text.onnx", GoldenName = "text_golden.json";

    /// <summary>Larger weights lie beside the graph: a runtime maps that file, and reads what is in the graph's own into memory twice.</summary>
    private const long LargestWithin = 64 << 20;

    private readonly MerlinCheckpoint _checkpoint;
    private readonly IReadOnlyList<string> _files;
    private readonly BytePairs _pairs;
    private readonly TextAttention _attention;
    private readonly Precision _precision;

    private TextPart(MerlinSources sources, MerlinCheckpoint checkpoint, TextEncoder encoder)
    {
        (_checkpoint, _precision, Encoder) = (checkpoint, sources.Precision, encoder);
        _files = TokenizerFiles.In(sources.Tokenizer!);
        _pairs = TokenizerFiles.Read(_files);
        _attention = LongformerConfig.Read(sources.Tokenizer!, encoder, sources.TextHeads, sources.TextWindow);
        if (_pairs.Ids.MaxBy(token => token.Value) is var highest && highest.Value >= encoder.Vocabulary)
            throw new FormatException($"The tokenizer file {Path.GetFileName(_files[0])} cannot be used: '{highest.Key}' has the number {highest.Value}, and the encoder of {checkpoint.File.FileName} knows {encoder.Vocabulary} tokens.");
        if (SpecialTokens.Of(_pairs).Pad != TextEncoder.Pad)
            throw new FormatException($"The tokenizer file {Path.GetFileName(_files[0])} cannot be used: {SpecialTokens.PadText} has the number {SpecialTokens.Of(_pairs).Pad}, and the encoder counts its places from {TextEncoder.Pad}.");
    }

    private TextEncoder Encoder { get; }

    /// <summary>Null when no tokenizer was brought: the package then reads no sentences.</summary>
    /// <exception cref="FormatException">The tokenizer cannot be used, or not with this checkpoint.</exception>
    public static TextPart? Of(MerlinSources sources, MerlinCheckpoint checkpoint) => sources.Tokenizer is null || checkpoint.Text is not { } encoder ? null : new TextPart(sources, checkpoint, encoder);

    public TextDocument Write(string folder, Func<string, IProgress<double>> step, CancellationToken stop)
    {
        var graph = GraphFile.Write(Path.Combine(folder, GraphName), new TextGraph(_checkpoint, _attention, _precision).Build(), LargestWithin, step($"writing {GraphName}"));
        stop.ThrowIfCancellationRequested();
        foreach (var file in _files) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var special = SpecialTokens.Of(_pairs);
        var tokenizer = new Tokenizer(_pairs, special, Encoder.Longest);
        var golden = TextSelfTest.Make(_checkpoint, _attention, tokenizer, _precision, step("computing the text's self-test in double precision"), stop);
        File.WriteAllBytes(Path.Combine(folder, GoldenName), [.. JsonSerializer.SerializeToUtf8Bytes(golden, ManifestJson.Default.TextGolden), (byte)'\n']);
        return new TextDocument
        {
            File = GraphName,
            Sha256 = Listed(graph[0]).Sha256,
            Data = graph.Count == 1 ? null : [.. graph.Skip(1).Select(Listed)],
            Input = TextGraph.Input,
            Output = TextGraph.Output,
            Size = Encoder.Projected,
            Vocabulary = Encoder.Vocabulary,
            Heads = _attention.Heads,
            Window = _attention.Window,
            Sanitiser = Sanitiser.Id,
            Tokenizer = new TokenizerDocument([.. _files.Select(file => Listed(Path.Combine(folder, Path.GetFileName(file))))]) { Kind = TextSectionReader.Kind, Begin = special.Begin, Pad = special.Pad, End = special.End, Longest = Encoder.Longest },
            Golden = new GoldenDocument { File = GoldenName, Sha256 = Listed(Path.Combine(folder, GoldenName)).Sha256 },
        };
    }

    private static GraphDataDocument Listed(string path)
    {
        using var file = File.OpenRead(path);
        return new GraphDataDocument { File = Path.GetFileName(path), Sha256 = Convert.ToHexStringLower(SHA256.HashData(file)) };
    }
}
