using Microsoft.AspNetCore.Http;
using TriageWorker.Dicom;

namespace TriageWorker.DicomWeb;

/// <summary>How frames are given: in which media type, of which syntax, in parts or by itself.</summary>
/// <param name="TransferSyntax">What the bytes are in; uncompressed pixels are those of Explicit VR Little Endian.</param>
internal sealed record PixelRepresentation(string MediaType, string TransferSyntax, Packing Packing)
{
    public string PartType => $"{MediaType}; transfer-syntax={TransferSyntax}";

    /// <summary>
    /// The representation that the client wants most and that needs no codec, or null. Compressed frames also come as
    /// <c>application/octet-stream</c> when their very syntax, or any, is named: what viewers ask for, who read the syntax from the part.
    /// Older clients write image/x-jls and image/x-dicom-rle.
    /// </summary>
    /// <param name="isOne">There is one frame, which can go without multipart.</param>
    public static PixelRepresentation? Choose(HttpRequest request, string stored, bool isOne)
    {
        var isCompressed = TriageWorker.Dicom.TransferSyntax.Of(stored).IsEncapsulated;
        var (native, given) = (PixelMediaType.Of(stored), isCompressed ? stored : DicomUid.ExplicitVRLittleEndian);
        foreach (var range in MediaRange.Asked(request))
        {
            var isMultipart = range.Is(MultipartWriter.Related) || range.Is("multipart/*") || range.Is("*/*");
            if (!isMultipart && !isOne) continue;
            var wanted = range.Is(MultipartWriter.Related) ? new MediaRange(range.Parameter("type") ?? "*/*", range.Parameters) : range.Is("multipart/*") ? range with { Type = "*/*" } : range;
            var syntax = range.Parameter("transfer-syntax");
            var packing = isMultipart ? Packing.Multipart : Packing.Single;
            if (syntax is not (null or "*") && syntax != given) continue;
            if (wanted.Holds(native) || wanted.Is(native.Replace("image/", "image/x-", StringComparison.Ordinal))) return new(native, given, packing);
            if (isCompressed && syntax is not null && wanted.Is(PixelMediaType.Bytes)) return new(PixelMediaType.Bytes, given, packing);
        }

        return null;
    }

    public static string Refusal(string stored)
    {
        var isCompressed = TriageWorker.Dicom.TransferSyntax.Of(stored).IsEncapsulated;
        return isCompressed
            ? $"The pixel data is stored in transfer syntax {stored} and is not decompressed here. Ask with Accept: {MultipartWriter.Related}; type=\"{PixelMediaType.Of(stored)}\"; transfer-syntax={stored}."
            : $"The pixel data is uncompressed. Ask with Accept: {MultipartWriter.Related}; type=\"{PixelMediaType.Bytes}\".";
    }
}
