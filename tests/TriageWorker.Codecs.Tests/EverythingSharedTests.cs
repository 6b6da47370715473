using TriageWorker.Imaging.Decoding;
using TriageWorker.Imaging.Series;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Testing;

namespace TriageWorker.Codecs.Tests;

public sealed class EverythingSharedTests : IDisposable
{
    private readonly FrameDecoder _decoder = new(TimeSpan.FromSeconds(30), TimeProvider.System);

    public void Dispose() => _decoder.Dispose();

    private static readonly TensorSpec Small = TensorSpec.Merlin with { Size = new(32, 32, 24) };

    /// <summary>Folders of real, odd and broken files, and what each must come to; folders not named here may come to anything but an exception.</summary>
    private static readonly Dictionary<string, string> Expected = new(StringComparer.Ordinal)
    {
        ["ct/lidc0314_upper_abdomen"] = "tensor",
        ["ct/ts_abdpelvis_3mm"] = "tensor",
        ["ct/ts_abdomen_portalvenous_j2k"] = "tensor",
        ["ct/ts_aorta_cta_crop"] = "tensor",
        ["corpus/dicom2nifti_bad_geometry_synthetic_pixels/notavolume/001"] = "all 3 slices lie at one place",
        ["corpus/lidc_truncated_slice"] = "pixel data is cut short: 516810 of 524288 bytes",
    };

    [Fact]
    public void Every_folder_gives_a_tensor_or_a_reason_and_never_an_exception()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var root = Shared.At("data");
        var stop = TestContext.Current.CancellationToken;
        var outcomes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var folder in Directory.GetDirectories(root, "*", SearchOption.AllDirectories))
        {
            var files = Directory.GetFiles(folder);
            if (files.Length > 0) outcomes[Path.GetRelativePath(root, folder)] = OutcomeOf(files, stop);
        }

        foreach (var (folder, outcome) in outcomes) TestContext.Current.TestOutputHelper?.WriteLine($"{folder}: {outcome}");
        outcomes.Count.ShouldBeGreaterThan(10);
        outcomes.Values.ShouldAllBe(outcome => outcome == "tensor" || outcome.EndsWith('.'));
        foreach (var (folder, expected) in Expected) outcomes[folder].ShouldContain(expected, Case.Sensitive, folder);
    }

    [Fact]
    public void Every_single_file_gives_a_header_or_a_reason()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var files = Directory.GetFiles(Shared.At("data"), "*", SearchOption.AllDirectories);

        var headers = StudyHeaders.Read(files, 0, TestContext.Current.CancellationToken);

        headers.Count.ShouldBeGreaterThanOrEqualTo(files.Length);
        headers.OfType<Reading<SliceHeader>.Not>().ShouldAllBe(n => n.Because.Length > 10);
        headers.OfType<Reading<SliceHeader>.Of>().Count().ShouldBeGreaterThan(400);
    }

    private string OutcomeOf(string[] files, CancellationToken stop)
    {
        var selection = SeriesSelection.Of(StudyHeaders.Read(files, 0, stop), new SeriesNeeds(), _decoder.Decodes);
        if (selection.Chosen is not { } chosen) return selection.WhyNone();
        try
        {
            TensorBuilder.Build(new DicomSlices(chosen.Geometry, _decoder, stop), Small, 0, stop).Values.ShouldAllBe(v => v >= 0 && v <= 1);
            return "tensor";
        }
        catch (DecodingException damaged)
        {
            return $"{damaged.Message}.";
        }
    }
}
