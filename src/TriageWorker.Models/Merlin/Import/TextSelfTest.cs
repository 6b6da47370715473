using TriageWorker.Models.Graphs;
using TriageWorker.Models.Merlin.Reference;
using TriageWorker.Models.Sentences;

namespace TriageWorker.Models.Merlin.Import;

/// <summary>
/// Makes the test that the package's text part carries: what the plain forward pass says of a sentence, of made-up tokens that reach beyond attention's window, and of begin and end
/// alone. They go through the graph in one batch, so that a wrong mask of the window or of the padding shows as a wrong weight does.
/// </summary>
internal static class TextSelfTest
{
    private const string Sentence = "Liver: no FOCAL lesion; mild hepatic steatosis (Δ 3.5 cm²).";
    private const int BeyondWindow = 48;
    private const ulong Seed = 7;

    /// <summary>Of any number of a unit vector; half precision has 11 bits.</summary>
    private const double Single = 1e-4, Half = 5e-3;

    public static TextGolden Make(MerlinCheckpoint checkpoint, TextAttention attention, Tokenizer tokenizer, Precision precision, IProgress<double> progress, CancellationToken stop)
    {
        var encoder = checkpoint.Text!;
        int[][] ids = [tokenizer.Encode(Sanitiser.Apply(Sentence)), MadeUp(tokenizer, encoder, Math.Min(encoder.Longest, attention.Reach + BeyondWindow)), tokenizer.Encode("")];
        var forward = new PlainTextForward(checkpoint, attention);
        var (done, all) = (0, ids.Length * encoder.Layers);
        return new TextGolden { Sentence = Sentence, Ids = ids, Vectors = [.. ids.Select(Said)], Tolerance = precision == Precision.Float16 ? Half : Single };

        float[] Said(int[] tokens)
        {
            var vector = forward.Run(tokens, () => progress.Report(++done / (double)all), stop);
            SelfTest.RequireNumbers(checkpoint, $"{TextEncoder.Where}linear_layer", vector);
            return [.. vector.Select(value => (float)value)];
        }
    }

    /// <summary>Any tokens but padding, between begin and end.</summary>
    private static int[] MadeUp(Tokenizer tokenizer, TextEncoder encoder, int length)
    {
        var around = tokenizer.Encode("");
        var drawn = Golden.GoldenInput.Draw(Seed, length - 2).Select(share => TextEncoder.Pad + 1 + (int)(share * (encoder.Vocabulary - TextEncoder.Pad - 1)));
        return [around[0], .. drawn, around[1]];
    }
}
