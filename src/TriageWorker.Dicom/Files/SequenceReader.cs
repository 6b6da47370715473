using TriageWorker.Dicom.Dictionary;

namespace TriageWorker.Dicom;

/// <summary>Reads sequences and their items, with lengths or with delimiters (PS3.5, 7.5).</summary>
internal sealed class SequenceReader(ByteSource source, ReadContext context, DatasetReader elements)
{
    private const int ItemHead = 8;

    private static ReadOnlySpan<byte> ItemTag => [0xFE, 0xFF, 0x00, 0xE0];

    /// <param name="inner">The encoding of the items.</param>
    internal DicomElement Read(ElementHeader header, DicomDataset parent, ElementCoding coding, ElementCoding inner, long limit, int depth)
    {
        var at = source.Position;
        if (depth >= context.Options.MaxDepth) throw new DicomFormatException($"Sequences are nested deeper than {context.Options.MaxDepth}", at, header.Tag);
        var head = source.Take(header.Size);
        var end = header.IsUndefined ? limit : source.Position + header.Length;
        if (end > limit) throw new DicomFormatException($"A sequence of {header.Length} bytes in {limit - source.Position}", source.Position, header.Tag);
        if (FirstItemIsTurned(inner))
        {
            context.Remarks.Add(DicomRemarkKind.BigEndianSequence, at, header.Tag, "A sequence in the other byte order");
            inner = inner with { IsBigEndian = !inner.IsBigEndian };
        }
        var items = ReadItems(header, parent, inner, end, depth, out var ending);
        var isWhole = source.TryGetSince(at, out var whole);
        var form = new ElementForm(WasRead: true, header.Size, coding, inner, ending, isWhole, HasSwappedWords: false);
        return new DicomElement(header.Tag, DicomVR.SQ, items, isWhole ? whole : head, form, context.PlaceOf(at + header.Size));
    }

    /// <summary>Whether PS3.6 has a sequence where UN is declared, and the value begins like one.</summary>
    internal bool MayBeItems(ElementHeader header) =>
        header.Length >= ItemHead && DicomDictionary.VRsOf(header.Tag) is [DicomVR.SQ]
        && source.Peek(header.Size + ItemTag.Length)[header.Size..].StartsWith(ItemTag);

    /// <summary>Whether letters follow where the value representation of the first attribute of the first item would be.</summary>
    internal bool FirstItemLooksExplicit(ElementHeader header)
    {
        var ahead = source.Peek(header.Size + 2 * ItemHead);
        return ahead.Length == header.Size + 2 * ItemHead && ElementHeader.VrAt(ahead[(header.Size + ItemHead)..]).IsKnown;
    }

    private bool FirstItemIsTurned(ElementCoding inner) =>
        source.Peek(4) is { Length: 4 } tag && ByteOrder.Tag(tag, !inner.IsBigEndian) == DicomTag.Item;

    private DicomDataset[] ReadItems(ElementHeader header, DicomDataset parent, ElementCoding inner, long end, int depth, out Ending ending)
    {
        ending = header.IsUndefined ? Ending.Delimited : Ending.Counted;
        DicomDataset? first = null; // most sequences have one item
        List<DicomDataset>? items = null;
        while (header.IsUndefined || source.Position < end)
        {
            var at = source.Position;
            if (header.IsUndefined && (at >= end || source.Peek(1).IsEmpty))
            {
                context.Remarks.Add(DicomRemarkKind.MissingDelimiter, at, header.Tag, "A sequence without its delimiter");
                ending = Ending.Open;
                break;
            }
            if (!ElementHeader.TryParse(source.Peek(ItemHead), inner with { IsExplicit = false }, end - at, out var item) || at + ItemHead > end)
                throw new DicomFormatException("The data ends within a sequence", at, header.Tag);
            if (item.Tag == DicomTag.SequenceDelimitationItem)
            {
                Delimit(header, item, at, end);
                break;
            }
            if (item.Tag != DicomTag.Item) throw new DicomFormatException($"{item.Tag} where an item should begin", at, header.Tag);
            var read = ReadItem(item, parent, header, inner, end, depth + 1);
            if (first is null) first = read;
            else (items ??= [first]).Add(read);
        }
        if (first is null) return [];
        return items?.ToArray() ?? [first];
    }

    private void Delimit(ElementHeader sequence, ElementHeader delimiter, long at, long end)
    {
        source.Skip(ItemHead);
        RemarkLength(delimiter, at);
        if (sequence.IsUndefined) return;
        if (source.Position != end) throw new DicomFormatException("A delimiter in the middle of a sequence whose length is given", at, sequence.Tag);
        context.Remarks.Add(DicomRemarkKind.StrayDelimiter, at, sequence.Tag, "A delimiter in a sequence whose length is given");
    }

    private DicomDataset ReadItem(ElementHeader item, DicomDataset parent, ElementHeader sequence, ElementCoding inner, long limit, int depth)
    {
        context.CountElement(source.Position, sequence.Tag);
        source.Skip(ItemHead);
        var end = item.IsUndefined ? limit : source.Position + item.Length;
        if (end > limit) throw new DicomFormatException($"An item of {item.Length} bytes in {limit - source.Position}", source.Position, sequence.Tag);
        var dataset = new DicomDataset { Parent = parent, ReadIn = inner, Ending = item.IsUndefined ? Ending.Delimited : Ending.Counted };
        var lastWasCounted = false;
        while (item.IsUndefined || source.Position < end)
        {
            if (item.IsUndefined && (source.Position >= end || source.Peek(1).IsEmpty))
            {
                Open(dataset, sequence.Tag);
                break;
            }
            var header = elements.HeadAhead(inner, end, sequence.Tag);
            if (!header.IsDelimiter) lastWasCounted = elements.ReadElement(header, dataset, inner, end, depth) is { VR: DicomVR.SQ, Form.Ending: Ending.Counted };
            else if (EndsItem(header, dataset, item, sequence, inner, lastWasCounted)) break;
        }
        elements.Complete(dataset);
        return dataset;
    }

    private bool EndsItem(ElementHeader header, DicomDataset dataset, ElementHeader item, ElementHeader sequence, ElementCoding inner, bool lastWasCounted)
    {
        var at = source.Position;
        if (item.IsUndefined && header.Tag == DicomTag.ItemDelimitationItem)
        {
            source.Skip(ItemHead);
            RemarkLength(header, at);
            return true;
        }
        var isStray = header.Tag != DicomTag.Item && header.Length == 0 && (!item.IsUndefined || (header.Tag == DicomTag.SequenceDelimitationItem && lastWasCounted));
        if (isStray)
        {
            elements.AddStray(dataset, header, inner);
            return false;
        }
        if (!item.IsUndefined || (header.Tag == DicomTag.SequenceDelimitationItem && !sequence.IsUndefined))
            throw new DicomFormatException("An item or delimiter where none belongs", at, header.Tag);
        Open(dataset, sequence.Tag); // the next item, or the end of the sequence, ends this one too
        return true;
    }

    private void Open(DicomDataset item, DicomTag sequence)
    {
        context.Remarks.Add(DicomRemarkKind.MissingDelimiter, source.Position, sequence, "An item without its delimiter");
        item.Ending = Ending.Open;
    }

    private void RemarkLength(ElementHeader delimiter, long at)
    {
        if (delimiter.Length != 0) context.Remarks.Add(DicomRemarkKind.DelimiterLength, at, delimiter.Tag, "A delimiter with a length");
    }
}
