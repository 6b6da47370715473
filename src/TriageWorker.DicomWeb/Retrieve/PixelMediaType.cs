using TriageWorker.Dicom;

namespace TriageWorker.DicomWeb;

/// <summary>What a frame is outside of DICOM, by the syntax it is stored in (PS3.18, tables 8.7.3-2 to 8.7.3-5).</summary>
internal static class PixelMediaType
{
    /// <summary>Uncompressed pixels, little endian.</summary>
    public const string Bytes = "application/octet-stream";

    public static string Of(string transferSyntax)
    {
        if (!TransferSyntax.Of(transferSyntax).IsEncapsulated) return Bytes;
        return transferSyntax switch
        {
            DicomUid.JPEGLossless or DicomUid.JPEGLosslessSV1 or DicomUid.JPEGBaseline8Bit or DicomUid.JPEGExtended12Bit => "image/jpeg",
            DicomUid.RLELossless => "image/dicom-rle",
            DicomUid.JPEGLSLossless or DicomUid.JPEGLSNearLossless => "image/jls",
            DicomUid.JPEG2000Lossless or DicomUid.JPEG2000 => "image/jp2",
            DicomUid.JPEG2000MCLossless or DicomUid.JPEG2000MC => "image/jpx",
            "1.2.840.10008.1.2.4.201" or "1.2.840.10008.1.2.4.202" or "1.2.840.10008.1.2.4.203" => "image/jphc",
            "1.2.840.10008.1.2.4.110" or "1.2.840.10008.1.2.4.111" or "1.2.840.10008.1.2.4.112" => "image/jxl",
            _ when transferSyntax.StartsWith("1.2.840.10008.1.2.4.100", StringComparison.Ordinal) || transferSyntax.StartsWith("1.2.840.10008.1.2.4.101", StringComparison.Ordinal) => "video/mpeg2",
            "1.2.840.10008.1.2.4.107" or "1.2.840.10008.1.2.4.108" => "video/H265",
            _ when transferSyntax.StartsWith("1.2.840.10008.1.2.4.10", StringComparison.Ordinal) => "video/mp4",
            _ => Bytes, // retired syntaxes have no media type
        };
    }
}
