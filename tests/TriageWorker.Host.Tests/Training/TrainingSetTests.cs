using TriageWorker.Host.Training;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Phantoms;

namespace TriageWorker.Host.Tests.Training;

public sealed class TrainingSetTests : IDisposable
{
    private static readonly TensorSpec s_spec = TensorSpec.Merlin with { SpacingMm = new Vector3d(12, 12, 12), Size = new GridSize(36, 28, 36), HuMin = -300, HuMax = 500 };
    private readonly string _one = Directory.CreateTempSubdirectory("set-").FullName, _two = Directory.CreateTempSubdirectory("set-").FullName;

    [Fact]
    public void The_same_seeds_give_the_same_bytes_whatever_the_number_of_threads()
    {
        Write(_one, threads: 1);
        Write(_two, threads: 4);
        foreach (var file in (string[])["tensors.npy", "regions.npy", "labels.csv", "set.json"])
            File.ReadAllBytes(Path.Combine(_one, file)).ShouldBe(File.ReadAllBytes(Path.Combine(_two, file)), file);
    }

    [Fact]
    public void Tensors_and_labels_are_as_many_as_asked_for_and_the_header_says_their_shape()
    {
        Write(_one, threads: 2);
        var tensors = File.ReadAllBytes(Path.Combine(_one, "tensors.npy"));
        System.Text.Encoding.ASCII.GetString(tensors, 10, 80).ShouldContain("'shape': (3, 36, 28, 36)");
        (tensors.Length % 64).ShouldBe(3 * 36 * 28 * 36 % 64); // NumPy wants its data aligned
        var lines = File.ReadAllLines(Path.Combine(_one, "labels.csv"));
        lines.Length.ShouldBe(4);
        lines.Select(line => line.Split(',').Length).Distinct().ShouldBe([12 + DrawnLabels.All.Count()]);
        lines[1].ShouldStartWith("42,");
    }

    [Fact]
    public void Labels_are_not_all_alike()
    {
        var cases = Enumerable.Range(0, 40).Select(i => new CaseMix(100, 40, [32], [12])[i]).Select(spec => DrawnCase.Draw(spec, s_spec, CancellationToken.None)).ToList();
        foreach (var label in DrawnLabels.All) cases.Count(label.Holds).ShouldBeInRange(4, 36, label.Key);
    }

    [Fact]
    public void Regions_lie_where_the_tensor_shows_them_and_are_as_large_as_what_was_drawn()
    {
        var spec = new CaseMix(300, 1, [128], [80])[0] with { Findings = PhantomFindings.Ascites | PhantomFindings.Splenomegaly, WithRegions = true };
        var fine = s_spec with { SpacingMm = new Vector3d(6, 6, 6), Size = new GridSize(72, 56, 72) };
        var drawn = DrawnCase.Draw(spec, fine, CancellationToken.None);
        Millilitres(PhantomRegion.Spleen).ShouldBe(drawn.Truth.SpleenVolumeMl, drawn.Truth.SpleenVolumeMl * 0.1);
        Millilitres(PhantomRegion.Ascites).ShouldBe(drawn.Truth.AscitesMl, drawn.Truth.AscitesMl * 0.1);
        MeanHu(PhantomRegion.Liver).ShouldBe(drawn.Truth.LiverDensityHu, 6);
        MeanHu(PhantomRegion.Ascites).ShouldBeInRange(-8, 32);

        double Millilitres(PhantomRegion region) => drawn.Regions!.Count(each => each == (byte)region) * 6 * 6 * 6 / 1000.0;

        double MeanHu(PhantomRegion region) =>
            drawn.Tensor.Values.Where((_, i) => drawn.Regions![i] == (byte)region).Average(value => (double)value) * (fine.HuMax - fine.HuMin) + fine.HuMin;
    }

    public void Dispose()
    {
        Directory.Delete(_one, recursive: true);
        Directory.Delete(_two, recursive: true);
    }

    private static void Write(string folder, int threads) =>
        new TrainingSet(new CaseMix(42, 3, [48], [20]), s_spec).Write(folder, threads, () => { }, CancellationToken.None);
}
