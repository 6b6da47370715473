using Microsoft.ML.OnnxRuntime;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Models.Sentences;

/// <summary>
/// The part of a package that reads sentences, loaded and tested. It computes on the CPU wherever images do: sentences are few, and their vectors are made once and kept. May be used
/// by several threads at once.
/// </summary>
public sealed class TextModel : IDisposable
{
    /// <summary>Padded tokens that are computed together; more only take more memory.</summary>
    private const int TokensTogether = 2048;

    private readonly InferenceSession _session;
    private readonly Tokenizer _tokenizer;
    private readonly TextParts _text;

    private TextModel(PackageText text, Tokenizer tokenizer, InferenceSession session) => (Digest, _text, _tokenizer, _session) = (text.Digest, text.Parts, tokenizer, session);

    /// <summary>What the vectors depend on; see <see cref="PackageText.Digest"/>.</summary>
    public string Digest { get; }

    /// <summary>Numbers in a vector.</summary>
    public int Size => _text.Size;

    /// <summary>Loads graph and tokenizer and lets them pass the package's own test of them.</summary>
    /// <param name="threads">Cores to compute with; 0 for all.</param>
    /// <exception cref="ModelPackageException">The package has no text part, or it is not what the manifest says, or it fails its test.</exception>
    /// <exception cref="ScoringException">The library could not compute the test.</exception>
    public static TextModel Open(ModelPackage package, int threads = 0)
    {
        var model = Loaded(package.Directory, TextOf(package), threads);
        try
        {
            return model.Faults() is { Count: > 0 } faults ? throw new ModelPackageException(package.Directory, faults) : model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <exception cref="ModelPackageException">The package has no text part.</exception>
    public static PackageText TextOf(ModelPackage package) =>
        package.Text ?? throw new ModelPackageException(package.Directory, ["text: is missing; a package that reads sentences is made with 'triage models import merlin --tokenizer DIR'."]);

    /// <summary>What of a sentence the encoder is shown: lower case, words and punctuation with one space between them.</summary>
    public static string Sanitise(string sentence) => Sanitiser.Apply(sentence);

    /// <summary>One unit vector for each sentence, in their order. What is longer than the encoder reads (1,022 tokens of Merlin's) is cut, as the original does.</summary>
    /// <param name="stop">Ends the work between two operators of the graph.</param>
    /// <exception cref="ArgumentException">A sentence has no word and no punctuation.</exception>
    /// <exception cref="ScoringException">The library could not compute it.</exception>
    public IReadOnlyList<float[]> Embed(IReadOnlyList<string> sentences, CancellationToken stop = default)
    {
        var sequences = sentences.Select((sentence, i) => Sanitiser.Apply(sentence) is { Length: > 0 } text ? _tokenizer.Encode(text) : throw new ArgumentException($"Sentence {i} has nothing to read.", nameof(sentences))).ToList();
        return Embed(sequences, stop);
    }

    /// <summary>Likewise for what is tokenized already.</summary>
    internal float[][] Embed(IReadOnlyList<int[]> sequences, CancellationToken stop)
    {
        var vectors = new float[sequences.Count][];
        // Sequences of like length together: little of a batch is padding then.
        var byLength = Enumerable.Range(0, sequences.Count).OrderBy(i => sequences[i].Length).ToList();
        for (int from = 0, count; from < byLength.Count; from += count)
        {
            count = 1;
            while (from + count < byLength.Count && (count + 1) * sequences[byLength[from + count]].Length <= TokensTogether) count++;
            var batch = byLength.GetRange(from, count);
            foreach (var (i, vector) in batch.Zip(Run([.. batch.Select(i => sequences[i])], stop))) vectors[i] = vector;
        }

        return vectors;
    }

    public void Dispose() => _session.Dispose();

    private static TextModel Loaded(string directory, PackageText text, int threads)
    {
        try
        {
            return new TextModel(text, TokenizerOf(text.Parts), SessionOf(text.Parts, threads));
        }
        catch (FormatException fault)
        {
            throw new ModelPackageException(directory, [$"text.tokenizer: {fault.Message}"]);
        }
        catch (OnnxRuntimeException fault)
        {
            throw new ModelPackageException(directory, [$"text.file: ONNX Runtime cannot load it: {fault.Message}"]);
        }
    }

    private static Tokenizer TokenizerOf(TextParts text)
    {
        var pairs = TokenizerFiles.Read(text.TokenizerFiles);
        if (pairs.Ids.Values.Max() >= text.Vocabulary) throw new FormatException($"its highest number is {pairs.Ids.Values.Max()}, and the encoder knows {text.Vocabulary} tokens.");
        var special = SpecialTokens.Of(pairs);
        return special == text.Special ? new Tokenizer(pairs, special, text.Longest) : throw new FormatException($"its special tokens are {special}, and the manifest says {text.Special}.");
    }

    private static InferenceSession SessionOf(TextParts text, int threads)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1, EnableCpuMemArena = false };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"); // as the images' sessions
        return new InferenceSession(text.Graph, options);
    }

    private List<string> Faults()
    {
        if (!_session.InputMetadata.ContainsKey(_text.Input)) return [$"text.input: the graph has no input {_text.Input}; it has {string.Join(", ", _session.InputMetadata.Keys)}."];
        if (!_session.OutputMetadata.ContainsKey(_text.Output)) return [$"text.output: the graph has no output {_text.Output}; it has {string.Join(", ", _session.OutputMetadata.Keys)}."];
        var golden = _text.Golden;
        if (!_tokenizer.Encode(Sanitiser.Apply(golden.Sentence)).SequenceEqual(golden.Ids[0])) return ["golden test: the sentence has other tokens than it must have."];
        var worst = Embed(golden.Ids, CancellationToken.None).Zip(golden.Vectors, Deviation).Max();
        return worst <= golden.Tolerance ? [] : [string.Create(System.Globalization.CultureInfo.InvariantCulture, $"golden test: a sentence's vector deviates by {worst:0.0e+0}, allowed is {golden.Tolerance:0.0e+0}.")];
    }

    private static double Deviation(float[] actual, float[] expected) => actual.Length != expected.Length ? double.PositiveInfinity : actual.Zip(expected, (a, e) => double.IsNaN(a) ? double.PositiveInfinity : Math.Abs((double)a - e)).Max();

    private float[][] Run(int[][] sequences, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var (ids, length) = _tokenizer.Pad(sequences);
        using var input = OrtValue.CreateTensorValueFromMemory(ids, [sequences.Length, length]);
        using var run = new RunOptions();
        using var ended = stop.Register(() => run.Terminate = true);
        try
        {
            using var results = _session.Run(run, [_text.Input], [input], [_text.Output]);
            return [.. results[0].GetTensorDataAsSpan<float>().ToArray().Chunk(_text.Size)];
        }
        catch (OnnxRuntimeException) when (stop.IsCancellationRequested)
        {
            throw new OperationCanceledException(stop);
        }
        catch (OnnxRuntimeException error)
        {
            throw new ScoringException($"ONNX Runtime could not run {Path.GetFileName(_text.Graph)}: {error.Message}", worthRetrying: true, error);
        }
    }
}
