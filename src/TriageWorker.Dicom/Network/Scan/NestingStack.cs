namespace TriageWorker.Dicom.Network;

/// <summary>The open sequences and items around the next element, each with the byte that nothing in it may pass (PS3.5, 7.5).</summary>
internal sealed class NestingStack
{
    private enum Kind { DataSet, Sequence, Item, Fragments }

    /// <param name="Limit">The byte at which it ends or, when <paramref name="IsOpen"/>, at which what holds it ends.</param>
    /// <param name="IsOpen">A delimiter ends it, or what holds it.</param>
    /// <param name="IsFresh">Of a sequence: its first item will show its byte order.</param>
    /// <param name="FollowsCounted">The last attribute in it was a sequence with a length.</param>
    private readonly record struct Frame(Kind Kind, long Limit, bool IsOpen, ElementCoding Coding, bool IsFresh = false, bool FollowsCounted = false);

    private readonly Stack<Frame> _frames = new();
    private readonly int _maxFrames;
    private Frame _top;
    private int _untilDecided; // heads below UN until one shows whether it is explicit

    public NestingStack(ElementCoding coding, int maxDepth)
    {
        _maxFrames = maxDepth * 2; // a level is a sequence and an item
        Assume(coding);
    }

    /// <summary>Open sequences and items; 0 is the data set itself.</summary>
    public int Depth => _frames.Count;

    /// <summary>How the next head is encoded; those of items and fragments never say a VR.</summary>
    public ElementCoding Coding => _top.Kind is Kind.Sequence or Kind.Fragments ? _top.Coding with { IsExplicit = false } : _top.Coding;

    /// <summary>Bytes from here on that what holds the next element has left.</summary>
    public long RoomAt(long position) => _top.Limit - position;

    /// <summary>How the data set itself is encoded; only before anything is entered.</summary>
    public void Assume(ElementCoding coding) => _top = new Frame(Kind.DataSet, long.MaxValue, IsOpen: true, coding);

    /// <summary>Looks at the first eight bytes of the next head for what real files do below a sequence: the other byte order, and explicit items under UN.</summary>
    public void See(ReadOnlySpan<byte> head)
    {
        if (_top is { Kind: Kind.Sequence, IsFresh: true, Coding: var coding })
            _top = _top with { IsFresh = false, Coding = ByteOrder.Tag(head, !coding.IsBigEndian) == DicomTag.Item ? coding with { IsBigEndian = !coding.IsBigEndian } : coding };
        if (_untilDecided == 0 || --_untilDecided > 0) return;
        var isExplicit = ElementHeader.VrAt(head).IsKnown;
        if (_top.Kind == Kind.Item) _frames.Push(WithExplicit(_frames.Pop(), isExplicit));
        _top = WithExplicit(_top, isExplicit);
    }

    /// <summary>Leaves what ends at this byte by its length, or by that of what holds it.</summary>
    public void CloseEnded(long position)
    {
        while (_top.Limit == position && _top.Kind != Kind.Fragments) Leave();
    }

    /// <summary>True when the data set may end at this byte: some writers leave the last delimiters out.</summary>
    public bool IsAtRest(long position)
    {
        CloseEnded(position);
        if (!MayEnd(_top)) return false;
        foreach (var frame in _frames)
            if (!MayEnd(frame))
                return false;
        return true;

        static bool MayEnd(in Frame frame) => frame is { Limit: long.MaxValue, Kind: not Kind.Fragments };
    }

    /// <summary>Takes an element in whose head starts at <paramref name="at"/>.</summary>
    /// <param name="skip">Bytes of value to pass over before the next head.</param>
    public ScanFaultKind Enter(in ElementHeader header, long at, out long skip)
    {
        skip = 0;
        var start = at + header.Size;
        if (start > _top.Limit) return ScanFaultKind.LongerThanParent; // the head itself
        if (header.IsDelimiter) return EnterDelimiter(header, at, out skip);
        if (_top.Kind is Kind.Sequence or Kind.Fragments) return ScanFaultKind.NotAnItem;
        if (!header.IsUndefined && header.Length > _top.Limit - start) return ScanFaultKind.LongerThanParent;
        var content = ScannedContents.Of(header, _top.Coding.IsExplicit);
        _top = _top with { FollowsCounted = content == ScannedContent.Sequence && !header.IsUndefined };
        switch (content)
        {
            case ScannedContent.Sequence: return Push(Kind.Sequence, header, start);
            case ScannedContent.Fragments: return Push(Kind.Fragments, header, start);
            case ScannedContent.UnknownSequence:
                if (_top.Coding.IsExplicit) _untilDecided = 2; // the item's head, and the first one in it
                var fault = Push(Kind.Sequence, header, start);
                _top = WithExplicit(_top, isExplicit: false);
                return fault;
            case ScannedContent.Nothing: return ScanFaultKind.UndefinedLength;
            default:
                skip = header.Length;
                return ScanFaultKind.None;
        }
    }

    private ScanFaultKind EnterDelimiter(in ElementHeader header, long at, out long skip)
    {
        skip = 0;
        var start = at + header.Size;
        var isItem = header.Tag == DicomTag.Item;
        switch (_top.Kind)
        {
            case Kind.Sequence or Kind.Fragments when header.Tag == DicomTag.SequenceDelimitationItem:
                if (!_top.IsOpen && _top.Limit != start) return ScanFaultKind.MisplacedDelimiter; // its length says otherwise
                return Leave();
            case Kind.Sequence or Kind.Fragments when !isItem: return ScanFaultKind.NotAnItem;
            case Kind.Sequence or Kind.Fragments when !header.IsUndefined && header.Length > _top.Limit - start: return ScanFaultKind.LongerThanParent;
            case Kind.Sequence: return Push(Kind.Item, header, start);
            case Kind.Fragments:
                if (header.IsUndefined) return ScanFaultKind.UndefinedLength;
                skip = header.Length;
                return ScanFaultKind.None;
            case Kind.Item when _top.IsOpen: return EnterDelimiterInOpenItem(header, at, out skip);
            default: return !isItem && header.Length == 0 ? ScanFaultKind.None : ScanFaultKind.MisplacedDelimiter; // delimits nothing, and does no harm
        }
    }

    private ScanFaultKind EnterDelimiterInOpenItem(in ElementHeader header, long at, out long skip)
    {
        skip = 0;
        if (header.Tag == DicomTag.ItemDelimitationItem) return Leave();
        if (header.Tag == DicomTag.SequenceDelimitationItem)
        {
            if (header.Length == 0 && _top.FollowsCounted) return ScanFaultKind.None; // of that sequence, which did not need it
            if (!_frames.Peek().IsOpen) return ScanFaultKind.MisplacedDelimiter;
        }
        Leave(); // without its delimiter: the next item, or the end of the sequence, ends this one too
        return EnterDelimiter(header, at, out skip);
    }

    private ScanFaultKind Leave()
    {
        if (_top.Kind == Kind.Sequence) _untilDecided = 0;
        _top = _frames.Pop();
        return ScanFaultKind.None;
    }

    private ScanFaultKind Push(Kind kind, in ElementHeader header, long start)
    {
        if (_frames.Count >= _maxFrames) return ScanFaultKind.TooDeep;
        _frames.Push(_top);
        _top = new Frame(kind, header.IsUndefined ? _top.Limit : start + header.Length, header.IsUndefined, _top.Coding, IsFresh: kind == Kind.Sequence);
        return ScanFaultKind.None;
    }

    private static Frame WithExplicit(in Frame frame, bool isExplicit) => frame with { Coding = frame.Coding with { IsExplicit = isExplicit } };
}
