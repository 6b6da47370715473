namespace TriageWorker.Dicom.Network;

/// <summary>Follows a data set forward while its bytes pass by: checks its structure and remembers the attributes of <see cref="ScanTag"/>.</summary>
/// <remarks>
/// Holds no data set and no pixel, and allocates nothing per piece; a piece may end anywhere. Throws nothing: once lost, it stays
/// lost and says where. Goes on where real files break the standard and nothing is lost by it, as the file reader does: implicit
/// elements in explicit data sets, explicit items under UN, delimiters that are missing or not needed, a whole data set in
/// another encoding than said, zeros at the end.
/// </remarks>
public sealed class DataSetScan : IDisposable
{
    private const int ShortHead = 8, LongHead = 12;

    private readonly RememberedValues _values;
    private readonly ScanLimits _limits;
    private readonly InflatingFeed? _inflating;
    private readonly NestingStack _nesting;
    private readonly byte[] _header = new byte[LongHead];
    private int _headerCount;
    private long _skip;
    private long _position;
    private int _elements;
    private bool _hasPassedOrder;
    private bool _isPadding;

    public DataSetScan(ScanEncoding encoding, ScanLimits? limits = null)
    {
        _limits = limits ?? ScanLimits.Default;
        _values = new RememberedValues(_limits.MaxValueLength);
        var coding = new ElementCoding(encoding != ScanEncoding.ImplicitLittleEndian, encoding == ScanEncoding.ExplicitBigEndian, HasBigEndianPixels: false);
        _nesting = new NestingStack(coding, _limits.MaxDepth);
        if (encoding == ScanEncoding.Deflated) _inflating = new InflatingFeed(this);
    }

    /// <summary>The first fault, or <see cref="ScanFaultKind.None"/>.</summary>
    public ScanFault Fault { get; private set; }

    public bool IsLost => Fault.Kind != ScanFaultKind.None;

    /// <summary>True when the tags have passed the last of <see cref="ScanTag"/> and all identifying UIDs are known: a reader that wants no more may stop.</summary>
    /// <remarks>Some senders break the order of tags; without the second condition their UIDs, seen at receipt, would be missed later.</remarks>
    public bool HasPassedWanted => _hasPassedOrder && _values.KnowsIdentity;

    /// <summary>Takes the next bytes of the data set.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        if (_inflating is null) Follow(bytes);
        else if (!IsLost && !_inflating.Feed(bytes)) Lose(ScanFaultKind.NotDeflate, _position);
    }

    /// <summary>Says that no byte follows: whatever is open now is a fault.</summary>
    public void Complete()
    {
        if (IsLost) return;
        if (_inflating is not null && !_inflating.Complete()) Lose(ScanFaultKind.NotDeflate, _position);
        else if (_values.IsFilling || _skip > 0 || !EndsBetweenElements()) Lose(ScanFaultKind.Truncated, _position);
    }

    /// <summary>The bytes of a remembered attribute, padding included; empty when absent.</summary>
    public ReadOnlySpan<byte> Raw(uint tag) => _values.Of(tag);

    /// <summary>A remembered UID; null when absent, empty or no UID.</summary>
    public string? Uid(uint tag) => PduText.TryUid(Raw(tag), out var uid) ? uid : null;

    public void Dispose() => _inflating?.Dispose();

    /// <summary>Follows plain (inflated) bytes.</summary>
    internal void Follow(ReadOnlySpan<byte> bytes)
    {
        var room = (_inflating is { IsInflating: true } ? _limits.MaxInflatedLength : _limits.MaxLength) - _position;
        var isTooLong = bytes.Length > room;
        if (isTooLong) bytes = bytes[..(int)room];
        while (!bytes.IsEmpty && !IsLost)
        {
            var taken = _skip > 0 ? Skip(bytes) : _values.IsFilling ? _values.Fill(bytes) : _isPadding ? PassPadding(bytes) : ReadHeader(bytes);
            _position += taken;
            bytes = bytes[taken..];
        }
        if (isTooLong) Lose(ScanFaultKind.TooLong, _position);
    }

    private int Skip(ReadOnlySpan<byte> bytes)
    {
        var taken = (int)Math.Min(_skip, bytes.Length);
        _skip -= taken;
        return taken;
    }

    private int ReadHeader(ReadOnlySpan<byte> bytes)
    {
        if (_headerCount == 0) _nesting.CloseEnded(_position);
        var size = _headerCount < ShortHead ? ShortHead : LongHead;
        var taken = Math.Min(size - _headerCount, bytes.Length);
        bytes[..taken].CopyTo(_header.AsSpan(_headerCount));
        _headerCount += taken;
        if (_headerCount < size) return taken;
        var at = _position + taken - size;
        if (size == ShortHead)
        {
            if (_nesting.Depth == 0 && !_header.AsSpan(0, ShortHead).ContainsAnyExcept((byte)0)) _isPadding = true;
            if (_isPadding) return taken;
            See(_header.AsSpan(0, ShortHead), at);
        }
        if (!ElementHeader.TryParse(_header.AsSpan(0, size), _nesting.Coding, _nesting.RoomAt(at), out var header)) return taken; // four bytes more
        _headerCount = 0;
        Enter(header, at);
        return taken;
    }

    /// <summary>Where a head may show that the encoding is not the one that was said.</summary>
    private void See(ReadOnlySpan<byte> head, long at)
    {
        if (at == 0 && EncodingGuess.Of(head) is { } found && _inflating is not { IsInflating: true }) _nesting.Assume(ElementCoding.Of(found));
        _nesting.See(head);
    }

    private int PassPadding(ReadOnlySpan<byte> bytes)
    {
        var zeros = bytes.IndexOfAnyExcept((byte)0);
        if (zeros < 0) return bytes.Length;
        _position += zeros;
        Lose(ScanFaultKind.FollowsPadding, _position);
        return 0;
    }

    private void Enter(in ElementHeader header, long at)
    {
        var fault = _nesting.Enter(header, at, out _skip);
        if (_skip > _limits.MaxElementLength) fault = ScanFaultKind.ElementTooLong;
        if ((!header.IsDelimiter || header.Tag == DicomTag.Item) && ++_elements > _limits.MaxElements) fault = ScanFaultKind.TooManyElements;
        if (fault != ScanFaultKind.None) Lose(fault, at, header.Tag.Value);
        if (_nesting.Depth > 0 || header.IsDelimiter) return;
        if (header.Tag.Value > ScanTag.Last) _hasPassedOrder = true;
        if (_values.Begin(header.Tag.Value, _skip)) _skip = 0;
    }

    /// <summary>Zeros after the last attribute are padding, also when there are too few of them for a head.</summary>
    private bool EndsBetweenElements() => _headerCount == 0
        ? _nesting.IsAtRest(_position)
        : _isPadding || (_nesting.Depth == 0 && _headerCount < ShortHead && !_header.AsSpan(0, _headerCount).ContainsAnyExcept((byte)0));

    private void Lose(ScanFaultKind kind, long offset, uint tag = 0)
    {
        if (!IsLost) Fault = new ScanFault(kind, offset, tag);
    }
}
