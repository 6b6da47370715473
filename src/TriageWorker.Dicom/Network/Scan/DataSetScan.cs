namespace TriageWorker.Dicom.Network;

/// <summary>Follows a data set forward while its bytes pass by: checks its structure and remembers the attributes of <see cref="ScanTag"/>.</summary>
/// <remarks>Holds no data set and no pixel. A fragment may end anywhere. Throws nothing: once lost, it stays lost and says where.
/// Under implicit VR a sequence of defined length is passed over as one value, since only a dictionary could tell it from one.</remarks>
public sealed class DataSetScan : IDisposable
{
    private readonly Dictionary<uint, byte[]> _values = [];
    private readonly ScanLimits _limits;
    private readonly InflatingFeed? _inflating;
    private readonly NestingStack _nesting;
    private readonly byte[] _header = new byte[ScannedHeader.LongSize];
    private readonly bool _isBigEndian;
    private int _headerCount;
    private byte[]? _wanted;
    private int _wantedCount;
    private uint _wantedTag;
    private long _skip;
    private long _position;
    private bool _hasPassedOrder;

    public DataSetScan(ScanEncoding encoding, ScanLimits? limits = null)
    {
        _limits = limits ?? ScanLimits.Default;
        _isBigEndian = encoding == ScanEncoding.ExplicitBigEndian;
        _nesting = new NestingStack(isExplicit: encoding != ScanEncoding.ImplicitLittleEndian, _limits.MaxDepth);
        if (encoding == ScanEncoding.Deflated) _inflating = new InflatingFeed();
    }

    /// <summary>The first fault, or <see cref="ScanFaultKind.None"/>.</summary>
    public ScanFault Fault { get; private set; }

    public bool IsLost => Fault.Kind != ScanFaultKind.None;

    /// <summary>True when the tags have passed the last of <see cref="ScanTag"/> and all identifying UIDs are known: a reader that wants no more may stop.</summary>
    /// <remarks>Some senders break the order of tags; without the second condition their UIDs, seen at receipt, would be missed later.</remarks>
    public bool HasPassedWanted => _hasPassedOrder && ScanTag.Identifying.All(_values.ContainsKey);

    /// <summary>Takes the next bytes of the data set.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        if (_inflating is null) Follow(bytes);
        else if (!IsLost && !_inflating.Feed(bytes, this)) Lose(ScanFaultKind.NotDeflate);
    }

    /// <summary>Says that no byte follows: whatever is open now is a fault.</summary>
    public void Complete()
    {
        if (IsLost) return;
        if (_inflating is not null && !_inflating.IsAtEnd()) Lose(ScanFaultKind.NotDeflate);
        else if (_headerCount > 0 || _wanted is not null || _skip > 0 || !_nesting.IsAtRest(_position)) Lose(ScanFaultKind.Truncated);
    }

    /// <summary>The bytes of a remembered attribute, padding included; empty when absent.</summary>
    public ReadOnlySpan<byte> Raw(uint tag) => _values.GetValueOrDefault(tag);

    /// <summary>A remembered UID; null when absent, empty or no UID.</summary>
    public string? Uid(uint tag) => PduText.TryUid(Raw(tag), out var uid) ? uid : null;

    public void Dispose() => _inflating?.Dispose();

    /// <summary>Follows plain (inflated) bytes.</summary>
    internal void Follow(ReadOnlySpan<byte> bytes)
    {
        if (_position + bytes.Length > _limits.MaxLength) Lose(ScanFaultKind.TooLong);
        while (!bytes.IsEmpty && !IsLost)
        {
            var taken = _skip > 0 ? Skip(bytes) : _wanted is not null ? Remember(bytes) : ReadHeader(bytes);
            _position += taken;
            bytes = bytes[taken..];
        }
    }

    private int Skip(ReadOnlySpan<byte> bytes)
    {
        var taken = (int)Math.Min(_skip, bytes.Length);
        _skip -= taken;
        return taken;
    }

    private int Remember(ReadOnlySpan<byte> bytes)
    {
        var taken = Math.Min(_wanted!.Length - _wantedCount, bytes.Length);
        bytes[..taken].CopyTo(_wanted.AsSpan(_wantedCount));
        _wantedCount += taken;
        if (_wantedCount < _wanted.Length) return taken;
        _values.TryAdd(_wantedTag, _wanted);
        _wanted = null;
        return taken;
    }

    private int ReadHeader(ReadOnlySpan<byte> bytes)
    {
        if (_headerCount == 0) _nesting.CloseEnded(_position);
        var isExplicit = _nesting.IsExplicit;
        var isBigEndian = _isBigEndian && isExplicit; // content of an UN sequence is little endian whatever surrounds it (PS3.5, 6.2.2)
        var size = _headerCount < ScannedHeader.ShortSize ? ScannedHeader.ShortSize : ScannedHeader.LongSize;
        var taken = Math.Min(size - _headerCount, bytes.Length);
        bytes[..taken].CopyTo(_header.AsSpan(_headerCount));
        _headerCount += taken;
        if (_headerCount < size) return taken;
        if (size == ScannedHeader.ShortSize && ScannedHeader.SizeOf(_header, isExplicit, isBigEndian) > size) return taken;

        _headerCount = 0;
        if (ScannedHeader.TryRead(_header.AsSpan(0, size), isExplicit, isBigEndian, out var header)) Enter(header, _position + taken);
        else Lose(ScanFaultKind.NoValueRepresentation, header.Tag);
        return taken;
    }

    private void Enter(ScannedHeader header, long valueStart)
    {
        var fault = _nesting.Enter(header, valueStart, out _skip);
        if (_nesting.Depth == 0 && header.Tag > ScanTag.SeriesInstanceUid) _hasPassedOrder = true;
        if (fault != ScanFaultKind.None) Lose(fault, header.Tag);
        else if (_nesting.Depth == 0 && _skip > 0 && ScanTag.IsWanted(header.Tag) && _skip <= _limits.MaxValueLength)
        {
            (_wanted, _wantedCount, _wantedTag, _skip) = (new byte[_skip], 0, header.Tag, 0);
        }
    }

    private void Lose(ScanFaultKind kind, uint tag = 0)
    {
        if (!IsLost) Fault = new ScanFault(kind, _position, tag);
    }
}
