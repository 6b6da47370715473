using System.Runtime.InteropServices;
using System.Text.Json;
using TriageWorker.Models.Checkpoints;
using TriageWorker.Models.Graphs;
using TriageWorker.Models.Merlin;
using TriageWorker.Models.Merlin.Reference;
using TriageWorker.Models.Tests.Checkpoints;
using TriageWorker.Testing;
using static TriageWorker.Models.Tests.Merlin.Deviations;

namespace TriageWorker.Models.Tests.Merlin;

public sealed class TextGraphTests(TextReference numpy) : IClassFixture<TextReference>
{
    private const double Single = 1e-4;

    /// <summary>Of any number of a unit vector: half precision has 11 bits.</summary>
    private const double Half = 5e-3;

    [Theory, InlineData(5), InlineData(8), InlineData(9), InlineData(10), InlineData(19), InlineData(53)]
    public void The_graph_says_of_every_length_what_the_original_says(int length)
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        using var file = Checkpoint.Open(TinyMerlin.Path("default.pt"));
        var checkpoint = MerlinCheckpoint.Default(file);
        using var single = new TextRun(checkpoint, OfTheOriginal());
        using var half = new TextRun(checkpoint, OfTheOriginal(), Precision.Float16);
        var (batch, expected) = (Batch(length), TinyMerlin.Array($"text_emb_{length}").Chunk(512).ToList());
        for (var row = 0; row < batch.Count; row++)
        {
            Largest(single.Run(batch)[row], expected[row]).ShouldBeLessThan(Single);
            Largest(single.Run([Tokens(batch[row])])[0], expected[row]).ShouldBeLessThan(Single);
            Largest(half.Run(batch)[row], expected[row]).ShouldBeLessThan(Half);
            Largest(new PlainTextForward(checkpoint, OfTheOriginal()).Run(Tokens(batch[row])), expected[row]).ShouldBeLessThan(Single);
        }
    }

    [Fact]
    public void The_graph_says_what_NumPy_makes_with_a_window_that_slides()
    {
        Assert.SkipUnless(numpy.IsPresent, TextReference.Reason);
        using var file = Checkpoint.Open(numpy.Checkpoint);
        var checkpoint = MerlinCheckpoint.Default(file);
        using var graph = new TextRun(checkpoint, numpy.Attention);
        using var wider = new TextRun(checkpoint, numpy.Attention with { Window = 1000 });
        using var half = new TextRun(checkpoint, numpy.Attention, Precision.Float16);
        var together = graph.Run(numpy.Sequences);
        foreach (var (ids, expected, batched) in numpy.Sequences.Zip(numpy.Vectors, together))
        {
            Largest(graph.Run([ids])[0], expected).ShouldBeLessThan(Single, $"{ids.Length} tokens");
            Largest(batched, expected).ShouldBeLessThan(Single, $"{ids.Length} tokens in the batch");
            Largest(half.Run([ids])[0], expected).ShouldBeLessThan(Half, $"{ids.Length} tokens in half precision");
            // The first token sees all of what fits beside it; from the next length on the window shows.
            var whole = Largest(wider.Run([ids])[0], expected);
            if (ids.Length <= numpy.Attention.Reach + 1) whole.ShouldBeLessThan(Single, $"{ids.Length} tokens without a window");
            else whole.ShouldBeGreaterThan(Single * 10, $"{ids.Length} tokens without a window");
        }
    }

    [Fact]
    public void The_plain_forward_pass_says_what_NumPy_says_to_the_last_digits()
    {
        Assert.SkipUnless(numpy.IsPresent, TextReference.Reason);
        const double rounding = 1e-11;
        using var file = Checkpoint.Open(numpy.Checkpoint);
        var forward = new PlainTextForward(MerlinCheckpoint.Default(file), numpy.Attention);
        foreach (var (ids, expected) in numpy.Sequences.Zip(numpy.Vectors)) Largest(forward.Run(ids), expected).ShouldBeLessThan(rounding, $"{ids.Length} tokens");
    }

    [Theory]
    [InlineData(nameof(Precision.Float32), Single), InlineData(nameof(Precision.Float16), Half)]
    public void The_graph_says_what_the_plain_forward_pass_says_of_any_window(string precision, double tolerance)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            foreach (var attention in (TextAttention[])[new(2, 2), new(4, 6), new(1, 512)])
            {
                _ = Opened.With(SmallMerlin.Default(seed).ToBytes(), file =>
                {
                    var checkpoint = MerlinCheckpoint.Default(file);
                    using var graph = new TextRun(checkpoint, attention, Enum.Parse<Precision>(precision));
                    var sequences = Drawn(seed, checkpoint.Text!.Longest);
                    foreach (var (ids, vector) in sequences.Zip(graph.Run(sequences))) Largest(vector, new PlainTextForward(checkpoint, attention).Run(ids)).ShouldBeLessThan(tolerance, $"{attention} {ids.Length}");
                    return 0;
                });
            }
        }
    }

    [Theory, InlineData(nameof(Precision.Float32)), InlineData(nameof(Precision.Float16))]
    public void Neither_padding_nor_neighbours_change_a_vector(string precision)
    {
        _ = Opened.With(SmallMerlin.Default().ToBytes(), file =>
        {
            var checkpoint = MerlinCheckpoint.Default(file);
            using var graph = new TextRun(checkpoint, new TextAttention(2, 4), Enum.Parse<Precision>(precision));
            var sequences = Drawn(1, checkpoint.Text!.Longest);
            var (together, longer) = (graph.Run(sequences), graph.Run(sequences, checkpoint.Text.Longest));
            for (var i = 0; i < sequences.Count; i++)
            {
                var alone = graph.Run([sequences[i]])[0];
                Largest(together[i], alone).ShouldBeLessThan(1e-5);
                Largest(longer[i], alone).ShouldBeLessThan(1e-5);
                Math.Sqrt(alone.Sum(value => (double)value * value)).ShouldBe(1, 1e-5);
            }

            return 0;
        });
    }

    [Fact]
    public void Weights_beside_the_graph_give_the_same_vectors_to_the_last_bit()
    {
        _ = Opened.With(SmallMerlin.Default().ToBytes(), file =>
        {
            var checkpoint = MerlinCheckpoint.Default(file);
            using var within = new TextRun(checkpoint, new TextAttention(2, 4));
            using var beside = new TextRun(checkpoint, new TextAttention(2, 4), largestWithin: 0);
            beside.Files.Select(Path.GetFileName).ShouldBe(["text.onnx", "text.onnx.data"]);
            var sequences = Drawn(5, checkpoint.Text!.Longest);
            beside.Run(sequences).SelectMany(vector => vector).ShouldBe(within.Run(sequences).SelectMany(vector => vector));
            return 0;
        });
    }

    [Fact]
    public void What_no_token_computes_with_is_not_in_the_graph()
    {
        _ = Opened.With(SmallMerlin.Default().ToBytes(), file =>
        {
            var names = new TextGraph(MerlinCheckpoint.Default(file), new TextAttention(2, 4), Precision.Float32).Build().Weights.Select(weight => weight.Name).ToList();
            names.Count.ShouldBe(5 + (2 * 16) + 2);
            names.ShouldBeUnique();
            names.ShouldAllBe(name => !name.Contains("_global", StringComparison.Ordinal) && !name.Contains("pooler", StringComparison.Ordinal));
            return 0;
        });
    }

    /// <summary>Begin, any tokens, end; of several lengths up to what the encoder has places for.</summary>
    private static List<int[]> Drawn(int seed, int longest)
    {
        var random = new Random(seed);
        return [.. new[] { 2, 3, 7, longest }.Select(length => (int[])[0, .. Enumerable.Range(0, length - 2).Select(_ => random.Next(2, 280)), 2])];
    }

    private static TextAttention OfTheOriginal()
    {
        using var info = JsonDocument.Parse(File.ReadAllBytes(TinyMerlin.Path("text_info.json")));
        var config = info.RootElement.GetProperty("config");
        return new TextAttention(config.GetProperty("num_attention_heads").GetInt32(), config.GetProperty("attention_window")[0].GetInt32());
    }

    private static List<int[]> Batch(int length)
    {
        var file = File.ReadAllBytes(TinyMerlin.Path($"text_ids_{length}.npy")).AsSpan();
        return [.. MemoryMarshal.Cast<byte, long>(file[(10 + BitConverter.ToUInt16(file[8..]))..]).ToArray().Select(id => (int)id).Chunk(length)];
    }

    private static int[] Tokens(int[] padded) => [.. padded.TakeWhile(id => id != TextEncoder.Pad)];
}
