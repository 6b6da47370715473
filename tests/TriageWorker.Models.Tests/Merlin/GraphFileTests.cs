using Onnx;
using TriageWorker.Models.Graphs;
using TriageWorker.Models.Merlin;
using TriageWorker.Models.Tests.Checkpoints;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Merlin;

public sealed class GraphFileTests
{
    private static readonly (int X, int Y, int Z) s_size = (24, 24, 32);

    [Fact]
    public void Weights_beyond_the_threshold_lie_in_a_file_of_their_own_and_the_outputs_are_the_same_to_the_last_bit()
    {
        var volume = Enumerable.Range(0, s_size.X * s_size.Y * s_size.Z).Select(i => i % 17 / 17f).ToArray();
        _ = Opened.With(SmallMerlin.Default().ToBytes(), file =>
        {
            var graph = Graph(MerlinCheckpoint.Default(file));
            var bytes = graph.Weights.Sum(weight => weight.Bytes);
            using var within = new GraphRun(graph, largestWithin: bytes);
            using var beside = new GraphRun(graph, largestWithin: bytes - 1);
            within.Files.Select(Path.GetFileName).ShouldBe(["image.onnx"]);
            beside.Files.Select(Path.GetFileName).ShouldBe(["image.onnx", "image.onnx.data"]);
            new FileInfo(beside.Files[0]).Length.ShouldBeLessThan(new FileInfo(within.Files[0]).Length - (bytes / 2));
            foreach (var (name, values) in within.Run(volume, s_size)) beside.Run(volume, s_size)[name].ShouldBe(values, name);
            return 0;
        });
    }

    [Fact]
    public void Every_weight_beside_the_graph_begins_at_a_page_and_no_two_overlap()
    {
        _ = Opened.With(SmallMerlin.Default().ToBytes(), file =>
        {
            using var folder = new TemporaryFolder();
            var files = GraphFile.Write(folder.At("a.onnx"), Graph(MerlinCheckpoint.Default(file)), largestWithin: 0);
            var end = 0L;
            foreach (var weight in ModelProto.Parser.ParseFrom(File.ReadAllBytes(files[0])).Graph.Initializer.Where(weight => weight.DataType == TensorProto.Types.DataType.Float))
            {
                var entries = weight.ExternalData.ToDictionary(entry => entry.Key, entry => entry.Value);
                entries["location"].ShouldBe("a.onnx.data");
                var offset = long.Parse(entries["offset"], System.Globalization.CultureInfo.InvariantCulture);
                (offset % 4096).ShouldBe(0);
                offset.ShouldBeGreaterThanOrEqualTo(end);
                end = offset + long.Parse(entries["length"], System.Globalization.CultureInfo.InvariantCulture);
                weight.HasRawData.ShouldBeFalse();
            }

            new FileInfo(files[1]).Length.ShouldBe(end);
            return 0;
        });
    }

    [Theory, InlineData(long.MaxValue), InlineData(0)]
    public void The_same_checkpoint_makes_the_same_bytes_and_the_share_written_grows_to_all(long largestWithin)
    {
        _ = Opened.With(SmallMerlin.Default().ToBytes(), file =>
        {
            using var folder = new TemporaryFolder();
            var shares = new Shares();
            Directory.CreateDirectory(folder.At("one"));
            Directory.CreateDirectory(folder.At("two"));
            var first = GraphFile.Write(folder.At("one", "a.onnx"), Graph(MerlinCheckpoint.Default(file)), largestWithin, shares);
            var second = GraphFile.Write(folder.At("two", "a.onnx"), Graph(MerlinCheckpoint.Default(file)), largestWithin);
            foreach (var (one, two) in first.Zip(second)) File.ReadAllBytes(one).ShouldBe(File.ReadAllBytes(two));
            shares.Told.ShouldBe(shares.Told.Order());
            shares.Told[^1].ShouldBe(1);
            return 0;
        });
    }

    [Fact]
    public void A_number_that_half_precision_cannot_hold_is_refused_with_its_tensor()
    {
        using var folder = new TemporaryFolder();
        var graph = new GraphBuilder("g");
        graph.Weight(new Weight("w", [2], Precision.Float16, () => [1, 1e6]));
        Should.Throw<OverflowException>(() => GraphFile.Write(folder.At("a.onnx"), graph)).Message.ShouldBe("w holds a number that Float16 cannot.");
    }

    [Theory, InlineData(long.MaxValue), InlineData(0)]
    public void What_is_in_memory_while_a_graph_is_written_is_one_weight_and_not_all(long largestWithin)
    {
        const int count = 64, size = 1 << 20;
        using var folder = new TemporaryFolder();
        var graph = new GraphBuilder("g");
        var largest = 0L;
        for (var i = 0; i < count; i++)
        {
            graph.Weight(new Weight($"w{i}", [size], Precision.Float32, () =>
            {
                largest = Math.Max(largest, GC.GetTotalMemory(forceFullCollection: true));
                return new double[size];
            }));
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var files = GraphFile.Write(folder.At("a.onnx"), graph, largestWithin);
        (largest - before).ShouldBeLessThan(count * size * sizeof(float) / 4L);
        new FileInfo(files[^1]).Length.ShouldBeGreaterThanOrEqualTo(count * size * sizeof(float));
    }

    private static GraphBuilder Graph(MerlinCheckpoint checkpoint) => ImageGraph.Build(checkpoint, Precision.Float32, new Classifier(checkpoint, ImageGraph.PhenotypeLogits));

    /// <summary>Keeps what it is told in that order; .NET's own <see cref="Progress{T}"/> passes it on later.</summary>
    private sealed class Shares : IProgress<double>
    {
        public List<double> Told { get; } = [];

        public void Report(double value) => Told.Add(value);
    }
}
