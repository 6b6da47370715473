using TriageWorker.Dicom;

namespace TriageWorker.Imaging.Series;

/// <summary>Which encodings of pixels are read here, and what to call the others.</summary>
internal static class PixelEncoding
{
    /// <summary>The pixels are in the file as they are, whatever its byte order, or deflated with all the rest.</summary>
    public static bool NeedsNoDecoder(string transferSyntax) =>
        !TransferSyntax.Of(transferSyntax).IsEncapsulated || transferSyntax == DicomUid.EncapsulatedUncompressedExplicitVRLittleEndian;

    public static bool HasBigEndianPixels(string transferSyntax) => TransferSyntax.Of(transferSyntax) is { IsBigEndian: true } or { HasBigEndianPixels: true };

    public static bool IsLossy(string transferSyntax) => TransferSyntax.Of(transferSyntax) is { IsEncapsulated: true, IsLossy: true } && DicomUid.Find(transferSyntax) is not null;

    public static string NameOf(string transferSyntax) => transferSyntax switch
    {
        DicomUid.RLELossless => "run-length compressed",
        DicomUid.JPEG2000Lossless or DicomUid.JPEG2000 or DicomUid.JPEG2000MCLossless or DicomUid.JPEG2000MC => "JPEG 2000 compressed",
        DicomUid.JPEGLSLossless or DicomUid.JPEGLSNearLossless => "JPEG-LS compressed",
        DicomUid.ExplicitVRBigEndian => "big endian",
        DicomUid.DeflatedExplicitVRLittleEndian => "deflated",
        _ when transferSyntax.StartsWith("1.2.840.10008.1.2.4.20", StringComparison.Ordinal) => "high-throughput JPEG 2000 compressed",
        _ when transferSyntax.StartsWith("1.2.840.10008.1.2.4.5", StringComparison.Ordinal)
            || transferSyntax.StartsWith("1.2.840.10008.1.2.4.6", StringComparison.Ordinal)
            || transferSyntax == DicomUid.JPEGLosslessSV1 => "JPEG compressed",
        _ => $"stored as {TransferSyntax.Of(transferSyntax).Name}",
    };
}
