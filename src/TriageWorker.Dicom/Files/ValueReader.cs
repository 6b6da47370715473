namespace TriageWorker.Dicom;

/// <summary>Reads plain values: text, numbers, bytes.</summary>
internal sealed class ValueReader(ByteSource source, ReadContext context)
{
    internal DicomElement Read(ElementHeader header, ElementCoding coding, long limit)
    {
        var at = source.Position;
        var there = limit - at - header.Size;
        if (there < header.Length)
        {
            if (limit != source.End) throw new DicomFormatException($"A value of {header.Length} bytes in {there} that its item has left", at + header.Size, header.Tag);
            RefuseCut(header, at, there);
        }
        // What other values are read by has to be at hand.
        var isNeededHere = header.Tag == DicomTag.SpecificCharacterSet || header.Tag == DicomTag.PixelRepresentation;
        return header.Length > context.DeferLargerThan && !isNeededHere ? Defer(header, coding, at) : Take(header, coding, at);
    }

    private DicomElement Defer(ElementHeader header, ElementCoding coding, long at)
    {
        var head = source.Take(header.Size);
        var missing = header.Length - source.Skip(header.Length);
        if (missing > 0) RefuseCut(header, at, header.Length - missing);
        RemarkLength(header, at);
        return Element(header, coding, head, at, new OutlyingValue(header.Length, missing, IsDeferred: true, context.Path));
    }

    private DicomElement Take(ElementHeader header, ElementCoding coding, long at)
    {
        if (header.Length > context.Options.MaxValueLength)
            throw new DicomFormatException($"A value of {header.Length} bytes where {context.Options.MaxValueLength} are allowed", at, header.Tag);
        var raw = source.Take(header.Size + (long)header.Length);
        var missing = header.Size + (long)header.Length - raw.Length;
        if (missing > 0) RefuseCut(header, at, header.Length - missing);
        RemarkLength(header, at);
        if (header.Length > 0) RemarkPadding(header, raw.Span[^1], at);
        return Element(header, coding, raw, at, missing > 0 ? new OutlyingValue(header.Length, missing, IsDeferred: false, null) : null);
    }

    private DicomElement Element(ElementHeader header, ElementCoding coding, ReadOnlyMemory<byte> raw, long at, OutlyingValue? outlying)
    {
        if (coding.HasBigEndianPixels && header.Tag == DicomTag.PixelData)
            context.Remarks.Add(DicomRemarkKind.BigEndianPixels, at, header.Tag, "Pixel data in big endian within a little endian data set");
        if (outlying is { Missing: > 0 })
            context.Remarks.Add(DicomRemarkKind.ShortPixelData, at, header.Tag, $"The pixel data is short: {header.Length} bytes declared, {header.Length - outlying.Missing} are there");
        var form = new ElementForm(WasRead: true, header.Size, coding, coding, Ending.Counted, outlying is not { IsDeferred: true }, coding.TurnsWordsOf(header.Tag));
        return new DicomElement(header.Tag, header.VR, outlying, raw, form, context.PlaceOf(at + header.Size));
    }

    private void RemarkLength(ElementHeader header, long at)
    {
        if (header.Length % 2 == 1) context.Remarks.Add(DicomRemarkKind.OddLength, at, header.Tag, "A value of odd length");
        var word = header.VR == DicomVR.AT ? 4 : header.VR.WordSize;
        if (word > 1 && header.Length % (uint)word != 0) context.Remarks.Add(DicomRemarkKind.PartialWord, at, header.Tag, "A value that ends within a word");
    }

    private void RemarkPadding(ElementHeader header, byte last, long at)
    {
        if (header.VR.IsText && last == (header.VR == DicomVR.UI ? (byte)' ' : (byte)0))
            context.Remarks.Add(DicomRemarkKind.Padding, at, header.Tag, header.VR == DicomVR.UI ? "A UID padded with a space" : "Text padded with NUL");
    }

    /// <summary>A value that the file ends in: only pixel data may be, and only where the caller wants to know of it that way.</summary>
    private void RefuseCut(ElementHeader header, long at, long there)
    {
        var isPixels = header.Tag == DicomTag.PixelData;
        var what = isPixels ? "The pixel data is short" : "The data ends within a value";
        if (!isPixels || !context.Options.AcceptShortPixelData)
            throw new DicomFormatException($"{what}: {header.Length} bytes declared, {there} are there", at + header.Size, header.Tag);
    }
}
