using TriageWorker.Dicom.Dictionary;

namespace TriageWorker.Dicom;

/// <summary>
/// Reads a data set. Every length is bounded by what holds it: the sequence by its item, the item by its sequence, all by the
/// file. What breaks that rule is a <see cref="DicomFormatException"/>; what real files do and nothing is lost by is remarked.
/// </summary>
internal sealed class DatasetReader(ByteSource source, TransferSyntax syntax, DicomReadOptions options, Remarks remarks, string? path)
{
    private static ReadOnlySpan<byte> ItemTag => [0xFE, 0xFF, 0x00, 0xE0];

    private bool _explicit = syntax.IsExplicitVR;
    private readonly bool _bigEndian = syntax.IsBigEndian;
    private readonly long _deferLargerThan = syntax.IsDeflated ? long.MaxValue : options.DeferLargerThan;

    internal DicomDataset ReadRoot()
    {
        var dataset = new DicomDataset();
        while (!source.Peek(1).IsEmpty)
        {
            if (options.StopBefore is { } stop && NextTag() is { } next && next >= stop) break;
            if (!ReadElement(dataset, source.End ?? long.MaxValue, depth: 0, isRoot: true)) break;
        }
        return dataset;
    }

    /// <summary>The tag ahead without consuming it.</summary>
    internal DicomTag? NextTag() => source.Peek(4) is { Length: 4 } head
        ? new DicomTag(ElementHeaders.UInt16(head, _bigEndian), ElementHeaders.UInt16(head[2..], _bigEndian))
        : null;

    /// <summary>Reads one element into the data set; false when a delimiter or padding ended it.</summary>
    internal bool ReadElement(DicomDataset dataset, long limit, int depth, bool isRoot)
    {
        var at = source.Position;
        if (isRoot && NextTag() is { Value: 0 } && source.OnlyZerosFollow())
        {
            remarks.Add($"zero bytes after the last attribute, from byte {at}");
            return false;
        }
        if (!ElementHeaders.TryRead(source, _explicit, _bigEndian, out var header, out var wasImplicit))
            throw new DicomFormatException("The data ends within the head of an attribute", source.Position, NextTag());
        if (source.Position > limit) throw new DicomFormatException("An attribute begins inside its item and ends outside", at, header.Tag);
        if (header.Tag == DicomTag.ItemDelimitationItem && !isRoot) return false;
        if (header.Tag.Group == DicomTag.Item.Group)
        {
            if (header.Tag == DicomTag.Item || header.Length != 0 || !isRoot)
                throw new DicomFormatException("An item or delimiter where none belongs", at, header.Tag);
            remarks.Add($"a delimiter that delimits nothing, at byte {at}");
            return true;
        }
        if (wasImplicit && _explicit) remarks.Add($"{header.Tag} has no value representation although the encoding is explicit");
        var element = ReadValue(dataset, header with { VR = VrOf(header, dataset) }, limit, depth);
        if (dataset.Contains(element.Tag)) remarks.Add($"{element.Tag} is there twice; the first counts");
        else dataset.Set(element);
        return true;
    }

    private DicomElement ReadValue(DicomDataset dataset, ElementHeader header, long limit, int depth)
    {
        if (header.IsUndefined && header.VR is DicomVR.OB or DicomVR.OW or DicomVR.OD or DicomVR.OF or DicomVR.OL or DicomVR.OV)
            return new FragmentReader(source, _bigEndian, _deferLargerThan, options.AcceptShortPixelData, remarks, path).Read(header, limit);
        if (header.VR == DicomVR.SQ) return new DicomElement(header.Tag, ReadItems(header, dataset, limit, depth, _explicit));
        if (header.IsUndefined)
        {
            if (header.VR != DicomVR.UN && _explicit)
                throw new DicomFormatException($"{header.VR} cannot have an undefined length", source.Position, header.Tag);
            // UN of undefined length is a sequence in implicit VR (PS3.5, 6.2.2); some writers keep it explicit.
            return new DicomElement(header.Tag, ReadItems(header, dataset, limit, depth, _explicit && NextItemLooksExplicit()));
        }
        return header.VR == DicomVR.UN ? ReadUnknown(header, dataset, limit, depth) : ReadBytes(header, limit);
    }

    /// <summary>A sequence that a system without this attribute in its dictionary has passed on as UN: implicit items (PS3.5, 6.2.2, note 4).</summary>
    private DicomElement ReadUnknown(ElementHeader header, DicomDataset dataset, long limit, int depth)
    {
        var element = ReadBytes(header, limit);
        if (element.IsDeferred || DicomDictionary.VRsOf(header.Tag) is not [DicomVR.SQ] || !element.Bytes.Span.StartsWith(ItemTag)) return element;
        var start = Math.Max(0, element.FileOffset);
        var inner = new ByteSource(new MemoryStream(element.Bytes.ToArray(), writable: false), start, start + element.Length);
        var reader = new DatasetReader(inner, TransferSyntax.ImplicitVRLittleEndian, options with { DeferLargerThan = long.MaxValue }, remarks, path: null);
        try
        {
            return new DicomElement(header.Tag, reader.ReadItems(header with { VR = DicomVR.SQ }, dataset, start + element.Length, depth, reader.NextItemLooksExplicit()));
        }
        catch (DicomFormatException)
        {
            remarks.Add($"{header.Tag} is declared unknown and cannot be read as the sequence that it is");
            return element;
        }
    }

    private DicomElement ReadBytes(ElementHeader header, long limit)
    {
        var at = source.Position;
        var missing = 0L;
        if (limit - at < header.Length)
        {
            if (limit != source.End) throw new DicomFormatException($"A value of {header.Length} bytes in {limit - at} that its item has left", at, header.Tag);
            missing = header.Length - (limit - at);
            RefuseCut(header, at, limit - at);
        }
        var isNeededHere = header.Tag == DicomTag.SpecificCharacterSet || header.Tag == DicomTag.PixelRepresentation;
        var deferred = header.Length > _deferLargerThan && !isNeededHere;
        byte[] bytes = [];
        if (deferred) missing = Math.Max(missing, header.Length - source.Skip(header.Length));
        else
        {
            bytes = source.Read(header.Length);
            missing = header.Length - bytes.Length;
        }
        if (missing > 0) RefuseCut(header, at, header.Length - missing);
        if (_bigEndian) DeferredValue.Swap(bytes, header.VR.WordSize);
        return new DicomElement(header.Tag, header.VR, bytes)
        {
            Length = header.Length, FileOffset = syntax.IsDeflated ? -1 : at, IsDeferred = deferred, MissingBytes = missing,
            SourcePath = deferred ? path : null, SourceIsBigEndian = _bigEndian,
        };
    }

    /// <summary>A value that the file ends in: only pixel data may be, and only where the caller wants to know of it that way.</summary>
    private void RefuseCut(ElementHeader header, long at, long there)
    {
        var isPixels = header.Tag == DicomTag.PixelData;
        if (isPixels && options.AcceptShortPixelData) return;
        var what = isPixels ? "The pixel data is short" : "The data ends within a value";
        throw new DicomFormatException($"{what}: {header.Length} bytes declared, {there} are there", at, header.Tag);
    }

    private List<DicomDataset> ReadItems(ElementHeader header, DicomDataset parent, long limit, int depth, bool isExplicit)
    {
        if (depth >= options.MaxDepth) throw new DicomFormatException($"Sequences are nested deeper than {options.MaxDepth}", source.Position, header.Tag);
        var end = header.IsUndefined ? limit : source.Position + header.Length;
        if (end > limit) throw new DicomFormatException($"A sequence of {header.Length} bytes in {limit - source.Position}", source.Position, header.Tag);
        var around = _explicit;
        _explicit = isExplicit;
        var items = new List<DicomDataset>();
        while (header.IsUndefined || source.Position < end)
        {
            var at = source.Position;
            if (!ElementHeaders.TryRead(source, _explicit, _bigEndian, out var item, out _) || source.Position > end)
                throw new DicomFormatException("The data ends within a sequence", at, header.Tag);
            if (item.Tag == DicomTag.SequenceDelimitationItem) break;
            if (item.Tag != DicomTag.Item) throw new DicomFormatException($"{item.Tag} where an item should begin", at, header.Tag);
            items.Add(ReadItem(item, parent, header.Tag, end, depth + 1));
        }
        _explicit = around;
        return items;
    }

    private DicomDataset ReadItem(ElementHeader item, DicomDataset parent, DicomTag sequence, long limit, int depth)
    {
        var end = item.IsUndefined ? limit : source.Position + item.Length;
        if (end > limit) throw new DicomFormatException($"An item of {item.Length} bytes in {limit - source.Position}", source.Position, sequence);
        var dataset = new DicomDataset { Parent = parent };
        while (item.IsUndefined || source.Position < end)
            if (!ReadElement(dataset, end, depth, isRoot: false) && item.IsUndefined)
                break;
        return dataset;
    }

    private bool NextItemLooksExplicit() =>
        source.Peek(16) is { Length: 16 } head && ((DicomVR)((head[12] << 8) | head[13])).IsKnown;

    /// <summary>The declared value representation; the dictionary's where none, or only UN, is declared.</summary>
    private static DicomVR VrOf(ElementHeader header, DicomDataset dataset)
    {
        if (header.VR is not (DicomVR.None or DicomVR.UN)) return header.VR;
        if (header.VR == DicomVR.UN && header.IsUndefined) return DicomVR.UN;
        var vrs = DicomDictionary.VRsOf(header.Tag);
        if (vrs.IsEmpty) return header.IsUndefined && header.VR == DicomVR.None ? DicomVR.SQ : DicomVR.UN;
        if (vrs.Length == 1) return header.VR == DicomVR.UN && vrs[0] == DicomVR.SQ ? DicomVR.UN : vrs[0];
        if (!vrs.Contains(DicomVR.SS)) return header.IsUndefined ? DicomVR.OB : DicomVR.OW;
        for (var set = dataset; set is not null; set = set.Parent)
            if (set.GetInt32(DicomTag.PixelRepresentation) is { } representation)
                return representation == 1 ? DicomVR.SS : DicomVR.US;
        return DicomVR.US;
    }
}
