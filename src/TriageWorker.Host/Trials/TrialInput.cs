using TriageWorker.Imaging.Body;
using TriageWorker.Imaging.Decoding;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Series;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Models.Packages;
using TriageWorker.Scoring;

namespace TriageWorker.Host.Trials;

/// <summary>What a package is tried on: a tensor, and where it is from.</summary>
/// <param name="Series">The series that was read; null for a tensor from a file.</param>
/// <param name="Refused">Every other series with its reason.</param>
internal sealed record TrialInput(ImageTensor Tensor, string? Series, IReadOnlyList<string> Refused)
{
    private static readonly TimeSpan s_decodeWithin = TimeSpan.FromSeconds(30);

    /// <param name="path">A folder of DICOM files of one study, or one .npy file with the tensor.</param>
    /// <exception cref="UserFault">It is neither, or the package may not read it; says why.</exception>
    public static TrialInput Read(string path, ModelPackage package, CancellationToken stop) =>
        Directory.Exists(path) ? OfFolder(path, package, stop)
        : File.Exists(path) && path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase) ? OfArray(path, package)
        : throw new UserFault($"{Path.GetFullPath(path)} is neither a folder of DICOM files nor a .npy file.");

    /// <summary>Of a tensor that nobody says the place of.</summary>
    internal static Affine ToRas(ModelPackage package) => Affine.Scale(package.Input.SpacingMm.X, package.Input.SpacingMm.Y, package.Input.SpacingMm.Z);

    private static TrialInput OfArray(string path, ModelPackage package)
    {
        NpyArray array;
        try
        {
            array = NpyArray.Parse(File.ReadAllBytes(path));
        }
        catch (FormatException fault)
        {
            throw new UserFault($"{path} cannot be read: {fault.Message}.", fault);
        }

        var size = package.Input.Size;
        if (!array.Shape.SkipWhile((axis, at) => axis == 1 && at < array.Shape.Count - 3).SequenceEqual([size.X, size.Y, size.Z]))
            throw new UserFault($"{path} is [{string.Join(", ", array.Shape)}], and {package.Id} reads [1, 1, {size.X}, {size.Y}, {size.Z}], axes {package.Input.Axes}.");
        if (!array.Values.All(float.IsFinite)) throw new UserFault($"{path} holds values that are no numbers.");
        return new(new ImageTensor(array.Values, size, ToRas(package), new FieldOfView(default, default, default)), null, []);
    }

    private static TrialInput OfFolder(string path, ModelPackage package, CancellationToken stop)
    {
        string[] files = [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        if (files.Length == 0) throw new UserFault($"{Path.GetFullPath(path)} holds no file.");
        var headers = StudyHeaders.Read(files, stop: stop);
        string[] studies = [.. headers.OfType<Reading<SliceHeader>.Of>().Select(header => header.Value.StudyUid).OfType<string>().Distinct()];
        if (studies.Length > 1) throw new UserFault($"{Path.GetFullPath(path)} holds {studies.Length} studies; give the folder of one: {string.Join(", ", studies.Take(5))}.");
        using var decoder = new FrameDecoder(s_decodeWithin, TimeProvider.System);
        var needs = WarmModel.NeedsOf(package, allowLossy: false);
        var body = new BodyGate(needs, decoder, threads: 0, stop);
        var selection = SeriesSelection.Of(headers, needs, decoder.Decodes, body.Look);
        string[] refused = [.. selection.Verdicts.Where(verdict => !verdict.IsChosen).Select(verdict => $"{(verdict.SeriesUid.Length == 0 ? "files" : verdict.SeriesUid)} ({verdict.Images}): {verdict.Because}")];
        if (selection.Chosen is not { } chosen) throw new UserFault($"{package.Id} may not read {Path.GetFullPath(path)}: {selection.WhyNone()}");
        try
        {
            return new(TensorBuilder.Build(new DicomSlices(chosen.Geometry, decoder, stop), package.Input, progress: null, threads: 0, stop), chosen.SeriesUid, refused);
        }
        catch (DecodingException damaged)
        {
            throw new UserFault($"{package.Id} cannot read series {chosen.SeriesUid}: {damaged.Message}", damaged);
        }
    }
}
