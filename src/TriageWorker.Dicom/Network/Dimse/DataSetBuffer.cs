using System.Buffers;

namespace TriageWorker.Dicom.Network;

/// <summary>A data set that is needed whole, put together as it comes, within its own limit and everybody's budget.</summary>
internal sealed class DataSetBuffer(MessageLimits limits) : IDisposable
{
    // What is charged for a data set once it is parsed, for each byte it has; and what makes that true: no more than one element for so
    // many bytes. A deflated one counts as what it may grow to, which is no more than text of its kind does.
    private const int Parsed = 8, BytesPerElement = 24, FewElements = 1000, Inflated = 32;

    private byte[] _bytes = [];
    private int _count;
    private long _charged;

    /// <summary>Why it is not whole; null while it is.</summary>
    public string? Trouble { get; private set; }

    public void Write(ReadOnlySequence<byte> piece)
    {
        if (Trouble is not null) return;
        if (_count + piece.Length > limits.MaxDataSetLength) GiveUp($"the data set is longer than {limits.MaxDataSetLength} bytes");
        else if (Grow(_count + (int)piece.Length))
        {
            piece.CopyTo(_bytes.AsSpan(_count));
            _count += (int)piece.Length;
        }
    }

    /// <summary>The data set; null when it cannot be had, see <see cref="Trouble"/>.</summary>
    /// <exception cref="DicomFormatException">What came is none in this transfer syntax.</exception>
    public DicomDataset? Parse(string transferSyntax)
    {
        if (Trouble is not null) return null;
        var syntax = TransferSyntax.Of(transferSyntax);
        var length = syntax.IsDeflated ? Math.Min(limits.MaxDataSetLength, (long)_count * Inflated) : _count;
        if (!Charge(length * Parsed)) return null;
        var options = new DicomReadOptions { MaxInflatedBytes = length, MaxElements = (int)(FewElements + (length / BytesPerElement)) };
        return DicomDataset.Parse(_bytes.AsMemory(0, _count), syntax, options);
    }

    public void Dispose()
    {
        limits.Memory.Return(_charged);
        (_bytes, _count, _charged) = ([], 0, 0);
    }

    private bool Grow(int needed)
    {
        if (needed <= _bytes.Length) return true;
        var length = Math.Min(limits.MaxDataSetLength, Math.Max(needed, Math.Max(1024, _bytes.Length * 2)));
        if (!Charge(length - _bytes.Length)) return false;
        Array.Resize(ref _bytes, length);
        return true;
    }

    private bool Charge(long bytes)
    {
        if (limits.Memory.TryTake(bytes))
        {
            _charged += bytes;
            return true;
        }

        GiveUp("too much memory is in use");
        return false;
    }

    private void GiveUp(string why)
    {
        Dispose();
        Trouble = why;
    }
}
