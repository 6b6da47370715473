namespace TriageWorker.Dicom;

/// <summary>Reads compressed pixel data: an offset table and fragments, each an item (PS3.5, A.4).</summary>
internal sealed class FragmentReader(ByteSource source, ReadContext context)
{
    private const int ItemHead = 8;

    internal DicomElement Read(ElementHeader header, ElementCoding coding, long limit)
    {
        var at = source.Position;
        var head = source.Take(header.Size);
        var fragments = new List<DicomFragment>();
        var missing = 0L;
        while (missing == 0)
        {
            var start = source.Position;
            if (start + ItemHead > limit || !ElementHeader.TryParse(source.Peek(ItemHead), coding with { IsExplicit = false }, limit - start, out var item))
            {
                RefuseShort(header.Tag, start, null, 0);
                missing = 1;
                break;
            }
            if (item.Tag == DicomTag.SequenceDelimitationItem)
            {
                source.Skip(ItemHead);
                if (item.Length != 0) context.Remarks.Add(DicomRemarkKind.DelimiterLength, start, header.Tag, "A delimiter with a length");
                break;
            }
            if (item.Tag != DicomTag.Item || item.IsUndefined) throw new DicomFormatException($"{item.Tag} where a fragment should begin", start, header.Tag);
            context.CountElement(start, header.Tag);
            source.Skip(ItemHead);
            var fragment = ReadFragment(item.Length, limit, header.Tag);
            fragments.Add(fragment);
            if (item.Length % 2 == 1) context.Remarks.Add(DicomRemarkKind.OddLength, start, header.Tag, "A fragment of odd length");
            missing = item.Length - fragment.Length;
            if (missing > 0) RefuseShort(header.Tag, start + ItemHead, item.Length, fragment.Length);
        }
        var isWhole = source.TryGetSince(at, out var whole);
        var form = new ElementForm(WasRead: true, header.Size, coding, coding, missing > 0 ? Ending.Open : Ending.Delimited, isWhole, HasSwappedWords: false);
        return new DicomElement(
            header.Tag, header.VR, new EncapsulatedValue(fragments, missing, context.Path), isWhole ? whole : head, form, context.PlaceOf(at + header.Size));
    }

    private DicomFragment ReadFragment(long length, long limit, DicomTag tag)
    {
        var at = source.Position;
        var there = Math.Min(length, limit - at);
        if (length > context.DeferLargerThan) return new DicomFragment(context.OffsetOf(at), source.Skip(there), default, IsDeferred: true);
        if (length > context.Options.MaxValueLength)
            throw new DicomFormatException($"A fragment of {length} bytes where {context.Options.MaxValueLength} are allowed", at, tag);
        var bytes = source.Take(there);
        return new DicomFragment(context.OffsetOf(at), bytes.Length, bytes);
    }

    private void RefuseShort(DicomTag tag, long at, long? declared, long there)
    {
        var what = declared is { } bytes
            ? $"The pixel data is short: a fragment of {bytes} bytes declared, {there} are there"
            : "The pixel data is short: no delimiter ends its fragments";
        if (!context.Options.AcceptShortPixelData) throw new DicomFormatException(what, at, tag);
        context.Remarks.Add(DicomRemarkKind.ShortPixelData, at, tag, what);
    }
}
