using System.Buffers.Binary;
using TriageWorker.Dicom;
using TriageWorker.Imaging.Decoding;
using TriageWorker.Imaging.Series;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Rendering;

/// <summary>Makes a frame that a person can look at from stored pixels: bits out of their cells, rescale, window, polarity (PS3.3, C.7.6.3, C.11).</summary>
public static class FrameRendering
{
    private const int LargestSide = 1 << 15;

    /// <param name="file">Read with its pixel data, or with it deferred.</param>
    /// <param name="frame">Counted from 0.</param>
    /// <param name="window">Null: what the data set names first; for CT without one soft tissue, for others all values that occur.</param>
    /// <param name="decoder">Null: compressed pixels are not shown.</param>
    /// <returns>The image, or why it cannot be shown.</returns>
    /// <exception cref="OperationCanceledException">The frame was being decoded.</exception>
    public static Reading<DisplayImage> Render(DicomFile file, int frame, GreyWindow? window, FrameDecoder? decoder, CancellationToken stop)
    {
        var data = file.Dataset;
        if (data.GetInt32(DicomTag.Rows) is not (> 0 and <= LargestSide and var rows) || data.GetInt32(DicomTag.Columns) is not (> 0 and <= LargestSide and var columns))
            return new Reading<DisplayImage>.Not("the image size is not given");
        try
        {
            var stored = PixelFrames.Of(data)[frame];
            var bytes = PixelEncoding.NeedsNoDecoder(file.TransferSyntax.Uid) ? stored : CompressedFrame.Decode(file, stored, columns, rows, decoder, stop);
            return data.GetInt32(DicomTag.SamplesPerPixel) switch
            {
                null or 1 => RenderGrey(data, bytes.Span, columns, rows, window),
                3 => RenderColour(data, bytes.Span, columns, rows),
                var samples => new Reading<DisplayImage>.Not($"a pixel has {samples} samples"),
            };
        }
        catch (DicomFormatException fault)
        {
            return new Reading<DisplayImage>.Not($"its pixels cannot be found: {fault.Message}");
        }
        catch (DecodingException fault)
        {
            return new Reading<DisplayImage>.Not(fault.Message);
        }
    }

    private static Reading<DisplayImage> RenderGrey(DicomDataset data, ReadOnlySpan<byte> bytes, int columns, int rows, GreyWindow? window)
    {
        var photometric = data.GetString(DicomTag.PhotometricInterpretation) ?? "MONOCHROME2";
        if (photometric is not ("MONOCHROME1" or "MONOCHROME2")) return new Reading<DisplayImage>.Not($"the pixels are {photometric}, which is not shown here");
        var allocated = data.GetInt32(DicomTag.BitsAllocated);
        var stored = data.GetInt32(DicomTag.BitsStored) ?? allocated ?? 0;
        var high = data.GetInt32(DicomTag.HighBit) ?? stored - 1;
        if (allocated is not (8 or 16) || stored < 1 || high > allocated - 1 || high < stored - 1)
            return new Reading<DisplayImage>.Not($"{stored} bits up to bit {high} of {allocated} are not shown here");
        var values = Unpack(bytes, columns * rows, allocated.Value, stored, high, data.GetInt32(DicomTag.PixelRepresentation) == 1);
        var rescale = new Rescale(data.GetDouble(DicomTag.RescaleSlope) ?? 1, data.GetDouble(DicomTag.RescaleIntercept) ?? 0);
        var shown = window ?? WindowOf(data) ?? (data.GetString(DicomTag.Modality) == "CT" ? GreyWindow.SoftTissue : FullRange(values, rescale));
        return new Reading<DisplayImage>.Of(new(columns, rows, 1, new GreyTable(shown, rescale, isInverted: photometric == "MONOCHROME1").Apply(values)));
    }

    private static Reading<DisplayImage> RenderColour(DicomDataset data, ReadOnlySpan<byte> bytes, int columns, int rows)
    {
        var photometric = data.GetString(DicomTag.PhotometricInterpretation);
        if (photometric != "RGB" || data.GetInt32(DicomTag.BitsAllocated) != 8) return new Reading<DisplayImage>.Not($"the pixels are {photometric ?? "colour of an unknown kind"}, which is not shown here");
        var pixels = columns * rows;
        if (data.GetInt32(DicomTag.PlanarConfiguration) != 1) return new Reading<DisplayImage>.Of(new(columns, rows, 3, bytes[..(pixels * 3)].ToArray()));
        var mixed = new byte[pixels * 3];
        for (var i = 0; i < mixed.Length; i++) mixed[i] = bytes[((i % 3) * pixels) + (i / 3)];
        return new Reading<DisplayImage>.Of(new(columns, rows, 3, mixed));
    }

    private static int[] Unpack(ReadOnlySpan<byte> bytes, int count, int allocated, int stored, int high, bool isSigned)
    {
        var values = new int[count];
        var (up, down) = (31 - high, 32 - stored);
        for (var i = 0; i < count; i++)
        {
            var cell = (allocated == 16 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) : bytes[i]) << up;
            values[i] = isSigned ? cell >> down : cell >>> down;
        }

        return values;
    }

    private static GreyWindow? WindowOf(DicomDataset data)
    {
        if (data.GetDouble(DicomTag.WindowCenter) is not { } center || data.GetDouble(DicomTag.WindowWidth) is not (> 0 and var width)) return null;
        return data.GetString(DicomTag.VOILUTFunction) switch
        {
            "SIGMOID" => new(center, width, WindowShape.Sigmoid),
            "LINEAR_EXACT" => new(center, width, WindowShape.LinearExact),
            _ => new(center, Math.Max(1, width)),
        };
    }

    private static GreyWindow FullRange(int[] values, Rescale rescale)
    {
        var (least, most) = (int.MaxValue, int.MinValue);
        foreach (var value in values) (least, most) = (Math.Min(least, value), Math.Max(most, value));
        var (low, high) = ((rescale.Slope * least) + rescale.Intercept, (rescale.Slope * most) + rescale.Intercept);
        return new((low + high) / 2, Math.Max(double.Epsilon, Math.Abs(high - low)), WindowShape.LinearExact);
    }
}
