using System.Buffers;

namespace TriageWorker.Dicom.Network;

/// <summary>A data set that is needed whole, put together as it comes, within its own limit and everybody's budget.</summary>
internal sealed class DataSetBuffer(MessageLimits limits) : IDisposable
{
    private byte[] _bytes = [];
    private int _count;

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
        else GiveUp("too much memory is in use");
    }

    /// <summary>The data set.</summary>
    /// <exception cref="DicomFormatException">What came is none in this transfer syntax.</exception>
    public DicomDataset Parse(string transferSyntax) =>
        DicomDataset.Parse(_bytes.AsMemory(0, _count), TransferSyntax.Of(transferSyntax), new DicomReadOptions { MaxInflatedBytes = limits.MaxDataSetLength });

    public void Dispose()
    {
        limits.Memory.Return(_bytes.Length);
        (_bytes, _count) = ([], 0);
    }

    private bool Grow(int needed)
    {
        if (needed <= _bytes.Length) return true;
        var length = Math.Min(limits.MaxDataSetLength, Math.Max(needed, Math.Max(1024, _bytes.Length * 2)));
        if (!limits.Memory.TryTake(length - _bytes.Length)) return false;
        Array.Resize(ref _bytes, length);
        return true;
    }

    private void GiveUp(string why)
    {
        Dispose();
        Trouble = why;
    }
}
