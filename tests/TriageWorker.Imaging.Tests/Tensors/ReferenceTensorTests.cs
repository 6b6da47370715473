using TriageWorker.Dicom;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Series;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Imaging.Tests.Formats;
using TriageWorker.Testing;

namespace TriageWorker.Imaging.Tests.Tensors;

/// <summary>Files in, tensor out: ours on the product's way beside what NumPy and SciPy make of the same files.</summary>
public sealed class ReferenceTensorTests(ReferencePeer peer) : IClassFixture<ReferencePeer>
{
    private static readonly TensorSpec Merlin = TensorSpec.Merlin with { Size = new(96, 88, 48) };

    private static readonly SeriesShape Plain = SeriesShape.Of(160, 144, 61, new(0, 0, 2.5));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Shapes => [.. Phantoms.Keys];

    private static Dictionary<string, SeriesShape> Phantoms { get; } = new(StringComparer.Ordinal)
    {
        ["anisotropic"] = Plain,
        ["thin slices"] = SeriesShape.Of(150, 130, 230, new(0, 0, 0.7)),
        ["thick slices"] = SeriesShape.Of(150, 130, 31, new(0, 0, 5)),
        ["rows reversed"] = Plain with { Down = new(0, -1, 0) },
        ["columns reversed"] = Plain with { Along = new(-1, 0, 0) },
        ["turned by half"] = Plain with { Along = new(-1, 0, 0), Down = new(0, -1, 0) },
        ["rows along the columns"] = Plain with { Along = new(0, 1, 0), Down = new(1, 0, 0) },
        ["turned in the plane"] = Plain with { Along = new(Cos(7), Sin(7), 0), Down = new(-Sin(7), Cos(7), 0) },
        ["oblique"] = SeriesShape.Of(150, 130, 50, new Vector3d(-Sin(9) * Sin(12), -Cos(9) * Sin(12), Cos(12)) * 2.2) with
        {
            Along = new(Cos(9), -Sin(9), 0),
            Down = new(Sin(9) * Cos(12), Cos(9) * Cos(12), Sin(12)),
        },
        ["gantry tilted by 14°"] = SeriesShape.Of(150, 130, 60, new(0, 0, 2.5)) with { Down = new(0, Cos(14), Sin(14)) },
        ["gantry tilted back by 22°, thick slices"] = SeriesShape.Of(150, 130, 28, new(0, 0, 5)) with { Down = new(0, Cos(22), -Sin(22)) },
        ["tilted and turned"] = SeriesShape.Of(150, 130, 50, new(0, 0, 3)) with { Along = new(Cos(4), Sin(4), 0), Down = new(-Sin(4) * Cos(10), Cos(4) * Cos(10), Sin(10)) },
        ["directions with three decimals"] = SeriesShape.Of(150, 130, 50, new(0, 0, 3)) with { Along = new(0.995, 0.105, 0), Down = new(-0.104, 0.991, 0.087) },
        ["3 mm, then 5 mm"] = Uneven(0, 3, 3, 3, 3, 3, 3, 3, 3, 4, 5, 5, 5, 5, 5, 5, 5),
        ["3 mm, then 5 mm, tilted"] = Uneven(0, 3, 3, 3, 3, 3, 3, 3, 3, 4, 5, 5, 5, 5, 5, 5, 5) with { Down = new(0, Cos(14), Sin(14)) },
        ["from 5 mm to 3 mm, feet first"] = Uneven(0, -5, -5, -5, -5, -5, -4, -3, -3, -3, -3, -3, -3),
        ["jitter of a twentieth"] = Uneven([0, .. Enumerable.Range(0, 40).Select(k => 4 + (0.19 * ((k * 7 % 5) - 2) / 2))]),
        ["places with one decimal"] = SeriesShape.At(150, 130, Enumerable.Range(0, 120).Select(k => new Vector3d(0, 0, Math.Round(k * 0.625, 1)))),
        ["five slices of 8×8"] = SeriesShape.Of(8, 8, 5, new(0, 0, 2.5)),
        ["two slices of 8×8"] = SeriesShape.Of(8, 8, 2, new(0, 0, 2.5)),
        ["two rows"] = SeriesShape.Of(40, 2, 9, new(0, 0, 2.5)),
        ["a field of 900 mm"] = SeriesShape.Of(512, 512, 12, new(0, 0, 4)) with { RowMm = 1.76, ColumnMm = 1.76 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Files_in_any_geometry_become_the_tensor_of_the_reference(string phantom) => await CompareAsync(Phantoms[phantom], Merlin, phantom);

    [Fact]
    public async Task Twelve_hundred_slices_of_512_become_the_tensor_of_the_reference() =>
        await CompareAsync(SeriesShape.Of(512, 512, 1200, new(0, 0, 0.5)) with { RowMm = 0.8, ColumnMm = 0.8 }, TensorSpec.Merlin, "1200 slices");

    public static TheoryData<string> Wishes => [.. Manifests.Keys];

    private static Dictionary<string, TensorSpec> Manifests { get; } = new(StringComparer.Ordinal)
    {
        ["LPS"] = Merlin with { Axes = "LPS" },
        ["slices first"] = Merlin with { Axes = "SPL", SpacingMm = new(3, 1.5, 1.5), Size = new(48, 88, 96) },
        ["rows first"] = Merlin with { Axes = "ILA", SpacingMm = new(2, 1.1, 1.2), Size = new(60, 70, 88) },
        ["rows last, slices in the middle"] = Merlin with { Axes = "RSA" },
        ["nearest"] = Merlin with { Interpolation = Interpolation.Nearest, SpacingMm = new(1.37, 1.21, 3.37) },
        ["a soft-tissue window"] = Merlin with { HuMin = -160, HuMax = 240, OutMin = -1, OutMax = 1, PadValue = -1 },
        ["mean and deviation, not clipped"] = Merlin with { HuMin = 50, HuMax = 150, Clip = false, PadValue = -10.5 },
        ["upside-down range"] = Merlin with { OutMin = 1, OutMax = 0, PadValue = 0.5 },
        ["one axis cut, one padded"] = Merlin with { Size = new(40, 200, 41) },
        ["fine spacing"] = Merlin with { SpacingMm = new(0.5, 0.5, 0.5), Size = new(64, 64, 64) },
        ["its own spacing within the tolerance"] = Merlin with { SpacingMm = new(0.6834, 0.9166, 2.5) },
        ["stretched"] = Merlin with { Fit = TensorFit.Resize, Size = new(96, 88, 48) },
        ["stretched to a larger one"] = Merlin with { Fit = TensorFit.Resize, Size = new(200, 160, 130), Axes = "LAI" },
        ["stretched, slices first, nearest"] = Merlin with { Fit = TensorFit.Resize, Interpolation = Interpolation.Nearest, Size = new(30, 36, 40), Axes = "SPL" },
    };

    [Theory]
    [MemberData(nameof(Wishes))]
    public async Task What_any_manifest_asks_for_is_the_tensor_of_the_reference(string wish)
    {
        foreach (var phantom in (string[])["anisotropic", "gantry tilted by 14°", "3 mm, then 5 mm", "oblique"]) await CompareAsync(Phantoms[phantom], Manifests[wish], $"{wish}: {phantom}");
    }

    [Theory]
    [InlineData(DicomUid.EnhancedCTImageStorage)]
    [InlineData(DicomUid.LegacyConvertedEnhancedCTImageStorage)]
    public async Task One_file_of_many_frames_becomes_the_very_tensor_of_many_files(string sopClass)
    {
        using var files = new TemporaryFolder();
        using var frames = new TemporaryFolder();
        var shape = Phantoms["gantry tilted by 14°"];
        shape.Write(files);
        shape.WriteFrames(frames, sopClass);

        var tensor = Tensor(frames.Path, Merlin);

        tensor.Digest().ShouldBe(Tensor(files.Path, Merlin).Digest());
        var expected = await peer.TensorAsync(frames.Path, Merlin, Stop);
        Differences.Largest(tensor.Values, expected.Values).ShouldBeLessThan(1e-4f);
    }

    [Fact]
    public void Frames_of_two_phases_at_the_same_places_are_two_stacks()
    {
        using var folder = new TemporaryFolder();
        var shape = SeriesShape.At(40, 30, Enumerable.Range(0, 24).Select(k => new Vector3d(0, 0, 2.5 * (k % 12))));
        shape.WriteFrames(folder, DicomUid.EnhancedCTImageStorage, phase: k => 1 + (k / 12));

        var chosen = Select(folder.Path).Chosen.ShouldNotBeNull();

        (chosen.Slices, chosen.Stacks).ShouldBe((12, 2));
        chosen.Geometry.Slices.Select(slice => slice.Phase).Distinct().ShouldHaveSingleItem();
    }

    private async Task CompareAsync(SeriesShape shape, TensorSpec spec, string what)
    {
        using var folder = new TemporaryFolder();
        shape.Write(folder);

        var tensor = Tensor(folder.Path, spec);
        var expected = await peer.TensorAsync(folder.Path, spec, Stop);

        expected.Shape.ShouldBe([spec.Size.X, spec.Size.Y, spec.Size.Z], what);
        expected.Values.Distinct().Take(10).Count().ShouldBe(10, what);
        Differences.Largest(tensor.Values, expected.Values).ShouldBeLessThan(1e-4f, what);
    }

    private static ImageTensor Tensor(string folder, TensorSpec spec)
    {
        var selection = Select(folder);
        return TensorBuilder.Build(new DicomSlices(selection.Chosen.ShouldNotBeNull(selection.WhyNone()).Geometry), spec, 0, Stop);
    }

    private static SeriesSelection Select(string folder) =>
        SeriesSelection.Of(StudyHeaders.Read(Directory.GetFiles(folder), 0, Stop), new SeriesNeeds { MinCoverageMm = 0 });

    /// <summary>Slices that are as thick as the larger distance to their neighbours.</summary>
    private static SeriesShape Uneven(params double[] distances) => SeriesShape.At(150, 130, distances.Select((_, k) => new Vector3d(0, 0, distances.Take(k + 1).Sum()))) with
    {
        Thickness = k => Math.Max(Math.Abs(distances[k]), Math.Abs(distances[Math.Min(k + 1, distances.Length - 1)])),
    };

    private static double Cos(double degrees) => Math.Cos(degrees * Math.PI / 180);

    private static double Sin(double degrees) => Math.Sin(degrees * Math.PI / 180);
}
