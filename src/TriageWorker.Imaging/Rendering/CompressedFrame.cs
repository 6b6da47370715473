using TriageWorker.Dicom;
using TriageWorker.Imaging.Decoding;
using TriageWorker.Imaging.Series;

namespace TriageWorker.Imaging.Rendering;

/// <summary>The cells of one compressed grey frame, for showing it.</summary>
internal static class CompressedFrame
{
    /// <exception cref="DecodingException">It cannot be had; the message completes "it cannot be shown because".</exception>
    /// <exception cref="OperationCanceledException">It was being decoded.</exception>
    public static ReadOnlyMemory<byte> Decode(DicomFile file, ReadOnlyMemory<byte> frame, int columns, int rows, FrameDecoder? decoder, CancellationToken stop)
    {
        var (data, syntax) = (file.Dataset, file.TransferSyntax.Uid);
        var name = PixelEncoding.NameOf(syntax);
        if (data.GetInt32(DicomTag.SamplesPerPixel) is not (null or 1)) throw new DecodingException($"the pixels are in colour and {name}, which is not shown here");
        if (data.GetInt32(DicomTag.BitsAllocated) is not { } allocated || allocated is not (8 or 16)) throw new DecodingException("its pixels have neither 8 nor 16 bits");
        var stored = data.GetInt32(DicomTag.BitsStored) ?? allocated;
        if (decoder is null || !decoder.Decodes.Uids.Contains(syntax))
            throw new DecodingException($"the pixels are {name}, which is not decoded on this machine{(decoder?.Decodes.Missing is { } missing ? $": {missing}" : "")}");
        var format = new FrameFormat(syntax, rows, columns, 1, allocated, stored, data.GetInt32(DicomTag.HighBit) ?? stored - 1,
            data.GetInt32(DicomTag.PixelRepresentation) == 1, data.GetString(DicomTag.PhotometricInterpretation) ?? "MONOCHROME2");
        var cells = new byte[format.Bytes];
        try
        {
            decoder.Decode(format, frame.Span, cells, stop);
        }
        catch (IOException fault)
        {
            throw new DecodingException(fault.Message);
        }

        return cells;
    }
}
