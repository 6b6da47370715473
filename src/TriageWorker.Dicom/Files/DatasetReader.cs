namespace TriageWorker.Dicom;

/// <summary>
/// Reads a data set. Every length is bounded by what holds it: the sequence by its item, the item by its sequence, all by the
/// file. What breaks that rule is a <see cref="DicomFormatException"/>; what real files do and nothing is lost by is remarked.
/// </summary>
internal sealed class DatasetReader
{
    private const int LongestHead = 12;

    private static readonly byte[] Zeros = new byte[1 << 16];

    private readonly ByteSource _source;
    private readonly ReadContext _context;
    private readonly ValueReader _values;
    private readonly SequenceReader _sequences;
    private readonly FragmentReader _fragments;
    private readonly DeclarationCheck _declarations;
    private readonly Action<DicomElement> _remarkDuplicate;

    internal DatasetReader(ByteSource source, ReadContext context)
    {
        (_source, _context, _declarations) = (source, context, new DeclarationCheck(context.Remarks));
        _remarkDuplicate = again => context.Remarks.Add(
            DicomRemarkKind.Duplicate, again.HeadOffset, again.Tag, "The attribute is there already; the first counts");
        (_values, _sequences, _fragments) = (new ValueReader(source, context), new SequenceReader(source, context, this), new FragmentReader(source, context));
    }

    /// <summary>Reads the outermost data set to the end or to where the caller wants to stop.</summary>
    internal DicomDataset ReadRoot(ElementCoding coding, DicomTag? stopBefore)
    {
        var dataset = new DicomDataset { ReadIn = coding, ReadSyntax = _context.Syntax };
        while (!_source.Peek(1).IsEmpty)
        {
            if (stopBefore is { } stop && NextTag(coding) >= stop) break;
            if (PaddingFollows(dataset, coding)) break;
            ReadInRoot(dataset, coding);
        }
        Complete(dataset);
        _declarations.OfText(dataset);
        _declarations.OfPixels(dataset, _context.Syntax);
        return dataset;
    }

    /// <summary>Reads the group of the file meta by its tags; its length is often wrong.</summary>
    internal DicomDataset ReadMeta(ElementCoding coding)
    {
        var meta = new DicomDataset { ReadIn = coding };
        while (NextTag(coding) is { Group: 0x0002 }) ReadInRoot(meta, coding);
        Complete(meta);
        _declarations.OfText(meta);
        return meta;
    }

    /// <summary>The head ahead, which is not passed yet.</summary>
    internal ElementHeader HeadAhead(ElementCoding coding, long limit, DicomTag? within)
    {
        var at = _source.Position;
        var head = _source.Peek(LongestHead);
        if (!ElementHeader.TryParse(head, coding, limit - at, out var header))
            throw new DicomFormatException("The data ends within the head of an attribute", at + head.Length, within ?? NextTag(coding));
        if (at + header.Size > limit) throw new DicomFormatException("An attribute begins inside its item and ends outside", at, header.Tag);
        return header;
    }

    /// <summary>Reads one element, head and all, and puts it into the data set.</summary>
    internal DicomElement ReadElement(ElementHeader header, DicomDataset dataset, ElementCoding coding, long limit, int depth)
    {
        var at = _source.Position;
        _context.CountElement(at, header.Tag);
        if (header.Fault is { } fault) RemarkHead(fault, at, header.Tag);
        header = header with { VR = DeclaredOrKnownVr(header, dataset, at) };
        var element = ReadValue(header, dataset, coding, limit, depth);
        if (!dataset.Append(element)) _context.Remarks.Add(DicomRemarkKind.OutOfOrder, at, header.Tag, "A tag that is lower than one before it");
        return element;
    }

    internal void Complete(DicomDataset dataset) => dataset.Complete(_remarkDuplicate);

    internal void AddStray(DicomDataset dataset, ElementHeader delimiter, ElementCoding coding)
    {
        var at = _source.Position;
        _context.Remarks.Add(DicomRemarkKind.StrayDelimiter, at, delimiter.Tag, "A delimiter that delimits nothing");
        dataset.Append(AsReadOrder.Filler(delimiter.Tag, _source.Take(delimiter.Size), coding, _context.PlaceOf(at)));
    }

    private DicomTag? NextTag(ElementCoding coding) => _source.Peek(4) is { Length: 4 } head ? ByteOrder.Tag(head, coding.IsBigEndian) : null;

    private void ReadInRoot(DicomDataset dataset, ElementCoding coding)
    {
        var limit = _source.End ?? long.MaxValue;
        var header = HeadAhead(coding, limit, null);
        if (!header.IsDelimiter) ReadElement(header, dataset, coding, limit, depth: 0);
        else if (header.Tag != DicomTag.Item && header.Length == 0) AddStray(dataset, header, coding);
        else throw new DicomFormatException("An item or delimiter where none belongs", _source.Position, header.Tag);
    }

    private DicomElement ReadValue(ElementHeader header, DicomDataset dataset, ElementCoding coding, long limit, int depth)
    {
        if (header.VR == DicomVR.SQ) return _sequences.Read(header, dataset, coding, coding, limit, depth);
        if (!header.IsUndefined) return header.VR == DicomVR.UN ? ReadUnknown(header, dataset, coding, limit, depth) : _values.Read(header, coding, limit);
        if (header.VR is DicomVR.OB or DicomVR.OW or DicomVR.OD or DicomVR.OF or DicomVR.OL or DicomVR.OV || header.Tag == DicomTag.PixelData)
            return _fragments.Read(header, coding, limit);
        if (header.VR == DicomVR.UN) return _sequences.Read(header, dataset, coding, InnerOfUnknown(header, coding), limit, depth);
        if (coding.IsExplicit) throw new DicomFormatException($"{header.VR} cannot have an undefined length", _source.Position + header.Size, header.Tag);
        _context.Remarks.Add(DicomRemarkKind.UndefinedLength, _source.Position, header.Tag, "An undefined length where the value representation has none; read as a sequence");
        return _sequences.Read(header, dataset, coding, coding, limit, depth);
    }

    /// <summary>A sequence that a system without this attribute in its dictionary has passed on as UN: implicit items (PS3.5, 6.2.2, note 4).</summary>
    private DicomElement ReadUnknown(ElementHeader header, DicomDataset dataset, ElementCoding coding, long limit, int depth)
    {
        if (!_sequences.MayBeItems(header)) return _values.Read(header, coding, limit);
        var at = _source.Position;
        var element = _values.Read(header, coding, limit);
        if (element.IsDeferred || !_context.MayTryUnknown) return element;
        var inner = new DatasetReader(new ByteSource(element.Raw, at), _context);
        var remarked = _context.Remarks.All.Count;
        try
        {
            return inner._sequences.Read(header, dataset, coding, inner.InnerOfUnknown(header, coding), at + element.Raw.Length, depth);
        }
        catch (DicomFormatException)
        {
            _context.CountUnreadable();
            _context.Remarks.TakeBack(remarked);
            _context.Remarks.Add(DicomRemarkKind.UnreadableUnknown, at, header.Tag, "Declared unknown, and cannot be read as the sequence that it is");
            return element;
        }
    }

    private ElementCoding InnerOfUnknown(ElementHeader header, ElementCoding coding)
    {
        var isExplicit = coding.IsExplicit && _sequences.FirstItemLooksExplicit(header);
        if (isExplicit) _context.Remarks.Add(DicomRemarkKind.ExplicitInUnknown, _source.Position, header.Tag, "A sequence in UN whose items are explicit");
        return coding with { IsExplicit = isExplicit };
    }

    private DicomVR DeclaredOrKnownVr(ElementHeader header, DicomDataset dataset, long at)
    {
        if (header.VR is DicomVR.None or DicomVR.UN) return VrChoice.For(header, dataset);
        if (!VrChoice.IsListed(header.Tag, header.VR))
            _context.Remarks.Add(DicomRemarkKind.OtherVR, at, header.Tag, "A value representation that PS3.6 does not have for the attribute");
        return header.VR;
    }

    private void RemarkHead(DicomRemarkKind fault, long at, DicomTag tag) => _context.Remarks.Add(fault, at, tag, fault switch
    {
        DicomRemarkKind.NoVR => "No value representation although the encoding is explicit",
        DicomRemarkKind.UnexpectedlyExplicit => "A value representation although the encoding is implicit",
        _ => "A value representation that nobody knows",
    });

    /// <summary>Eight zero bytes are no attribute of a file; nothing but zeros may follow them.</summary>
    private bool PaddingFollows(DicomDataset dataset, ElementCoding coding)
    {
        var at = _source.Position;
        if (_source.Peek(8).ContainsAnyExcept((byte)0)) return false;
        while (_source.Peek(ByteSource.SmallChunk) is { IsEmpty: false } ahead)
        {
            if (ahead.ContainsAnyExcept((byte)0)) throw new DicomFormatException("Something follows the zero bytes after the last attribute", _source.Position);
            _source.Skip(ahead.Length);
        }
        _context.Remarks.Add(DicomRemarkKind.TrailingZeros, at, null, "Zero bytes after the last attribute");
        if (_source.TryGetSince(at, out var zeros)) dataset.Append(AsReadOrder.Filler(default, zeros, coding, _context.PlaceOf(at)));
        else
            for (var left = _source.Position - at; left > 0; left -= Zeros.Length) // what a few deflated bytes become may be gigabytes
                dataset.Append(AsReadOrder.Filler(default, Zeros.AsMemory(0, (int)Math.Min(left, Zeros.Length)), coding, _context.PlaceOf(at)));
        return true;
    }
}
