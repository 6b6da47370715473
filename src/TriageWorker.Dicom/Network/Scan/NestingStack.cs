namespace TriageWorker.Dicom.Network;

/// <summary>The open sequences and items around the next element, each with the byte it must end at (PS3.5, 7.5).</summary>
internal sealed class NestingStack(bool isExplicit, int maxDepth)
{
    private enum Kind { DataSet, Sequence, Item, Fragments }

    private const long Open = long.MaxValue; // ends at its delimiter

    private readonly record struct Frame(Kind Kind, long End, bool IsExplicit);

    private readonly Stack<Frame> _frames = new();
    private Frame _top = new(Kind.DataSet, Open, isExplicit);

    /// <summary>Open sequences and items; 0 is the data set itself.</summary>
    public int Depth => _frames.Count;

    public bool IsExplicit => _top.IsExplicit;

    /// <summary>Leaves what ends at this byte by its length.</summary>
    public void CloseEnded(long position)
    {
        while (_top.End == position && _frames.Count > 0) _top = _frames.Pop();
    }

    /// <summary>True when the data set may end at this byte.</summary>
    public bool IsAtRest(long position)
    {
        CloseEnded(position);
        return _frames.Count == 0;
    }

    /// <summary>Takes an element in whose value starts at <paramref name="start"/>.</summary>
    /// <param name="skip">Bytes of value to pass over before the next header.</param>
    public ScanFaultKind Enter(ScannedHeader header, long start, out long skip)
    {
        skip = 0;
        // The header itself must lie within its parent, and so must the value.
        if (start > _top.End) return ScanFaultKind.LongerThanParent;
        var isUndefined = header.Length == ScannedHeader.Undefined;
        if (!isUndefined && header.Length > _top.End - start) return ScanFaultKind.LongerThanParent;
        if (header.IsDelimiter) return EnterDelimiter(header, start, isUndefined, out skip);
        if (_top.Kind is Kind.Sequence or Kind.Fragments) return ScanFaultKind.NotAnItem;
        if (isUndefined) return EnterUndefined(header);
        if (header.Vr == ScannedHeader.Sq) return Push(Kind.Sequence, start + header.Length, isExplicit: true);
        skip = header.Length;
        return ScanFaultKind.None;
    }

    private ScanFaultKind EnterDelimiter(ScannedHeader header, long start, bool isUndefined, out long skip)
    {
        skip = 0;
        switch (header.Tag, _top.Kind)
        {
            case (ScanTag.Item, Kind.Sequence):
                return Push(Kind.Item, isUndefined ? Open : start + header.Length, _top.IsExplicit);
            case (ScanTag.Item, Kind.Fragments):
                if (isUndefined) return ScanFaultKind.UndefinedLength;
                skip = header.Length;
                return ScanFaultKind.None;
            case (ScanTag.ItemDelimitation, Kind.Item) when _top.End == Open && header.Length == 0:
            case (ScanTag.SequenceDelimitation, Kind.Sequence or Kind.Fragments) when _top.End == Open && header.Length == 0:
                _top = _frames.Pop();
                return ScanFaultKind.None;
            default:
                return ScanFaultKind.MisplacedDelimiter;
        }
    }

    // PS3.5, 7.1.1: an undefined length belongs to SQ, to UN (whose content is then implicit little endian, 6.2.2) and to encapsulated pixels.
    private ScanFaultKind EnterUndefined(ScannedHeader header) => header.Vr switch
    {
        ScannedHeader.Sq => Push(Kind.Sequence, Open, _top.IsExplicit),
        ScannedHeader.Ob or ScannedHeader.Ow when header.Tag == ScanTag.PixelData => Push(Kind.Fragments, Open, isExplicit: true),
        ScannedHeader.Un or ScannedHeader.None => Push(Kind.Sequence, Open, isExplicit: false),
        _ => ScanFaultKind.UndefinedLength,
    };

    private ScanFaultKind Push(Kind kind, long end, bool isExplicit)
    {
        if (_frames.Count >= maxDepth * 2) return ScanFaultKind.TooDeep; // a level is a sequence and an item
        _frames.Push(_top);
        _top = new Frame(kind, end, isExplicit);
        return ScanFaultKind.None;
    }
}
