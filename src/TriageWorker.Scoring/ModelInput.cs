using TriageWorker.Imaging.Decoding;
using TriageWorker.Imaging.Series;
using TriageWorker.Imaging.Tensors;

namespace TriageWorker.Scoring;

/// <summary>The tensor, what identifies it, and how well it shows the patient.</summary>
/// <param name="PixelDigest">SHA-256 over SOP Instance UIDs and pixels, whatever the transfer syntax.</param>
/// <param name="Quality">Figures of the input by name, in millimetres unless the name says otherwise.</param>
internal sealed record ModelInput(ImageTensor Tensor, byte[] PixelDigest, IReadOnlyDictionary<string, double> Quality)
{
    /// <summary>Reads the slices and makes the tensor, on the caller's thread and as many more as allowed.</summary>
    /// <exception cref="DecodingException">A compressed slice is damaged.</exception>
    public static ModelInput Make(SeriesGeometry geometry, TensorSpec spec, FrameDecoder decoder, int threads, CancellationToken stop)
    {
        var slices = new DicomSlices(geometry, decoder, stop);
        var tensor = TensorBuilder.Build(slices, spec, new CountedSlices(), threads, stop);
        return new ModelInput(tensor, Convert.FromHexString(slices.Digest(threads, stop)), QualityOf(geometry, tensor.Field));
    }

    private static Dictionary<string, double> QualityOf(SeriesGeometry geometry, FieldOfView field) => new(StringComparer.Ordinal)
    {
        ["slices"] = geometry.Slices.Count,
        ["coverage"] = Math.Round(geometry.CoverageMm, 3),
        ["sliceSpacing"] = Math.Round(geometry.SpacingMm, 3),
        ["tiltDegrees"] = Math.Round(geometry.TiltDegrees, 3),
        ["cutRight"] = Math.Round(field.CutLowMm.X, 3),
        ["cutLeft"] = Math.Round(field.CutHighMm.X, 3),
        ["cutPosterior"] = Math.Round(field.CutLowMm.Y, 3),
        ["cutAnterior"] = Math.Round(field.CutHighMm.Y, 3),
        ["cutInferior"] = Math.Round(field.CutLowMm.Z, 3),
        ["cutSuperior"] = Math.Round(field.CutHighMm.Z, 3),
    };
}
