using System.Globalization;
using TriageWorker.Imaging.Decoding;

namespace TriageWorker.Imaging.Series;

/// <summary>Whether the stored pixels can become Hounsfield units here.</summary>
internal static class PixelRules
{
    /// <summary>Why these pixels cannot be read, or null.</summary>
    public static string? Refuse(StoredPixels pixels, bool allowLossy, DecodableSyntaxes decodes) =>
        RefuseEncoding(pixels, allowLossy, decodes) ?? RefuseFormat(pixels) ?? RefuseAmount(pixels);

    private static string? RefuseEncoding(StoredPixels pixels, bool allowLossy, DecodableSyntaxes decodes)
    {
        var name = PixelEncoding.NameOf(pixels.TransferSyntax);
        if (!pixels.HasPixelData) return "there is no pixel data";
        if (!allowLossy && PixelEncoding.IsLossy(pixels.TransferSyntax)) return $"the pixels are lossy ({name})";
        if (!allowLossy && pixels.WasLossy) return "the pixels have been through lossy compression";
        if (PixelEncoding.NeedsNoDecoder(pixels.TransferSyntax) || decodes.Uids.Contains(pixels.TransferSyntax)) return null;
        return decodes.Missing is { } missing ? $"the pixels are {name} and the decoder is not installed ({missing})" : $"the pixels are {name}, which the decoder does not take";
    }

    private static string? RefuseFormat(StoredPixels pixels)
    {
        if (pixels is not { Rows: > 0 and <= ushort.MaxValue, Columns: > 0 and <= ushort.MaxValue }) return "the image size is not given";
        if (pixels is { Frames: > 1, Frame: null }) return $"a file of {pixels.Frames} frames does not say where each of them lies";
        if (pixels.SamplesPerPixel != 1 || pixels.Photometric is not (null or "MONOCHROME2")) return $"the pixels are {pixels.Photometric ?? "colour"}, not MONOCHROME2";
        if (pixels.BitsAllocated != 16) return $"{Number(pixels.BitsAllocated)} bits are allocated to a pixel, not 16";
        return pixels.BitsStored is >= 1 and <= 16 && pixels.HighBit >= pixels.BitsStored - 1 && pixels.HighBit <= 15
            ? null
            : $"{Number(pixels.BitsStored)} bits stored up to bit {Number(pixels.HighBit)} do not fit 16 bits";
    }

    private static string? RefuseAmount(StoredPixels pixels)
    {
        if (pixels.Rescale is not { } rescale || !double.IsFinite(rescale.Slope) || rescale.Slope == 0 || !double.IsFinite(rescale.Intercept))
            return "there is no usable rescale slope and intercept, so the values are not Hounsfield units";
        if (pixels.IsCompressed) return pixels.IsCutShort ? "the compressed pixel data is cut short" : null;
        return pixels.Present < pixels.Needed ? $"pixel data is cut short: {pixels.Present} of {pixels.Needed} bytes" : null;
    }

    private static string Number(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "an unknown number of";
}
