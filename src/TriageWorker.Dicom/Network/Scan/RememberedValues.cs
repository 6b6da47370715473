namespace TriageWorker.Dicom.Network;

/// <summary>The values of <see cref="ScanTag"/> that have passed by. Of an attribute that is there twice the first counts.</summary>
internal sealed class RememberedValues(int maxLength)
{
    private readonly Dictionary<uint, byte[]> _values = new(capacity: 16);
    private byte[] _filling = [];
    private int _filled;
    private uint _tag;

    /// <summary>True while the bytes of a value are still to come.</summary>
    public bool IsFilling => _filled < _filling.Length;

    public bool KnowsIdentity
    {
        get
        {
            foreach (var tag in ScanTag.Identifying)
                if (!_values.ContainsKey(tag))
                    return false;
            return true;
        }
    }

    public ReadOnlySpan<byte> Of(uint tag) => _values.GetValueOrDefault(tag);

    /// <summary>True when the value, which begins now, is to be given to <see cref="Fill"/>; one that is empty or too long is not, and counts as absent.</summary>
    public bool Begin(uint tag, long length)
    {
        if (!ScanTag.IsWanted(tag)) return false;
        if (length == 0 || length > maxLength)
        {
            _values.TryAdd(tag, []);
            return false;
        }
        (_tag, _filling, _filled) = (tag, new byte[length], 0);
        return true;
    }

    /// <summary>Takes what it needs, and returns how much that was.</summary>
    public int Fill(ReadOnlySpan<byte> bytes)
    {
        var taken = Math.Min(_filling.Length - _filled, bytes.Length);
        bytes[..taken].CopyTo(_filling.AsSpan(_filled));
        _filled += taken;
        if (!IsFilling) _values.TryAdd(_tag, _filling);
        return taken;
    }
}
