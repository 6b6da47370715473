using System.Diagnostics;
using TriageWorker.Imaging.Body;
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
    public static ModelInput Make(SeriesGeometry geometry, BodyProfile? body, TensorSpec spec, FrameDecoder decoder, int threads, CancellationToken stop)
    {
        var slices = new DicomSlices(geometry, decoder, stop);
        var tensor = TensorBuilder.Build(slices, spec, new CountedSlices(), threads, stop);
        return new ModelInput(tensor, Convert.FromHexString(slices.Digest(threads, stop)), QualityOf(geometry, body, tensor, spec.Axes));
    }

    private static Dictionary<string, double> QualityOf(SeriesGeometry geometry, BodyProfile? body, ImageTensor tensor, string axes)
    {
        var quality = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["slices"] = geometry.Slices.Count,
            ["coverage"] = Math.Round(geometry.CoverageMm, 3),
            ["sliceSpacing"] = Math.Round(geometry.SpacingMm, 3),
            ["tiltDegrees"] = Math.Round(geometry.TiltDegrees, 3),
        };
        if (body is not null)
        {
            quality["abdomen"] = Math.Round(body.AbdomenMm, 3);
            quality["bodyOutsidePercent"] = Math.Round(body.Outline.ShareOutside(tensor) * 100, 2);
        }

        for (var axis = 0; axis < axes.Length; axis++)
        {
            var (low, high) = Ends(axes[axis]);
            quality[low] = Math.Round(tensor.Field.CutLowMm[axis], 3);
            quality[high] = Math.Round(tensor.Field.CutHighMm[axis], 3);
        }

        return quality;
    }

    /// <summary>Where an axis begins and ends that grows to a side of the patient.</summary>
    private static (string Low, string High) Ends(char growsTo) => growsTo switch
    {
        'R' => ("cutLeft", "cutRight"),
        'L' => ("cutRight", "cutLeft"),
        'A' => ("cutPosterior", "cutAnterior"),
        'P' => ("cutAnterior", "cutPosterior"),
        'S' => ("cutInferior", "cutSuperior"),
        'I' => ("cutSuperior", "cutInferior"),
        _ => throw new UnreachableException($"{growsTo} is no side that a specification without faults names."),
    };
}
