using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Tests.Tensors;

/// <summary>How a tensor is made: what is read, what is told meanwhile, what it takes, and when it ends.</summary>
public sealed class TensorWorkTests
{
    private const int Slices = 300; // 1.6 mm apart: planes 3 mm apart reach them all

    private static readonly TensorSpec Spec = TensorSpec.Merlin with { Size = new(60, 60, 160) };

    private static VolumeGrid Upright => new(new(120, 110, Slices), new(new(-0.8, 0, 0), new(0, -0.8, 0), new(0, 0, 1.6), default));

    private static VolumeGrid Leaning => new(new(120, 110, Slices), new(new(-0.8, 0, 0), new(0, -0.8, 0), new(0, 0.1, 1.6), default));

    public static TheoryData<string, VolumeGrid, string> Ways => new()
    {
        { "by axes", Upright, "RAS" },
        { "by axes, slices first", Upright, "SPL" },
        { "by planes", Leaning, "RAS" },
        { "by voxels", Leaning, "SPL" },
    };

    private static TensorSpec With(string axes) => axes == "RAS" ? Spec : Spec with { Axes = axes, SpacingMm = new(3, 1.5, 1.5), Size = new(160, 60, 60) };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Beside_the_tensor_memory_holds_the_slices_of_one_slab(string way, VolumeGrid grid, string axes)
    {
        var source = new WatchedSlices(Fields.Noise(grid, 1));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var tensor = TensorBuilder.Build(source, With(axes), threads: 1, TestContext.Current.CancellationToken);

        var beside = GC.GetAllocatedBytesForCurrentThread() - before - (tensor.Values.Length * sizeof(float));
        var slice = grid.Size.X * grid.Size.Y * sizeof(short);
        beside.ShouldBeInRange(slice, Slices / 4 * slice, way); // all that was ever asked for; a slab of 16 planes reaches some 35 slices
        source.Read.ShouldBeUnique(way);
        source.Read.Count.ShouldBeGreaterThan(Slices - 5, way);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_cancelled_build_reads_no_further_slice(string way, VolumeGrid grid, string axes)
    {
        const int Threads = 2, Last = 40;
        using var stop = new CancellationTokenSource();
        var source = new WatchedSlices(Fields.Noise(grid, 1), read => { if (read == Last) stop.Cancel(); });

        Should.Throw<OperationCanceledException>(() => TensorBuilder.Build(source, With(axes), Threads, stop.Token), way);

        source.Read.Count.ShouldBeInRange(Last, Last + Threads, way);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Progress_counts_each_slice_that_the_tensor_needs(string way, VolumeGrid grid, string axes)
    {
        var told = new Told();

        TensorBuilder.Build(Fields.Noise(grid, 1), With(axes), told, 1, TestContext.Current.CancellationToken);

        told.Heard.Count.ShouldBeGreaterThan(Slices - 5, way);
        told.Heard.ShouldBe(Enumerable.Range(1, told.Heard.Count).Select(n => new TensorProgress(n, told.Heard.Count)), way);
    }

    [Fact]
    public void Slices_that_the_crop_leaves_out_are_not_read()
    {
        var source = new WatchedSlices(Fields.Noise(Upright, 1));

        TensorBuilder.Build(source, Spec with { Size = new(60, 60, 20) }, 2, TestContext.Current.CancellationToken);

        source.Read.Order().ShouldBe(Enumerable.Range(131, 37)); // planes 70 to 89 of 160, 1.875 slices apart
    }

    [Fact]
    public void A_slice_that_cannot_be_read_is_the_fault_itself()
    {
        var source = new WatchedSlices(Fields.Noise(Upright, 1), read => { if (read == 30) throw new InvalidDataException("slice 30"); });

        Should.Throw<InvalidDataException>(() => TensorBuilder.Build(source, Spec, 2, TestContext.Current.CancellationToken)).Message.ShouldBe("slice 30");
    }

    private sealed class Told : IProgress<TensorProgress>
    {
        public List<TensorProgress> Heard { get; } = [];

        public void Report(TensorProgress value) => Heard.Add(value);
    }

    /// <summary>A volume that notes which of its slices are read; as files do, it fills the memory it is given.</summary>
    private sealed class WatchedSlices(Volume volume, Action<int>? onRead = null) : ISliceSource
    {
        private readonly Lock _turn = new();

        public VolumeGrid Grid => volume.Grid;

        public List<int> Read { get; } = [];

        StoredSlice ISliceSource.Read(int slice, short[] buffer)
        {
            lock (_turn)
            {
                Read.Add(slice);
                onRead?.Invoke(Read.Count);
            }

            var stored = volume.Read(slice, buffer);
            stored.Values.CopyTo(buffer);
            return stored with { Values = buffer.AsMemory(0, stored.Values.Length) };
        }
    }
}
