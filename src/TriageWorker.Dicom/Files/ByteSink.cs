using System.Buffers;

namespace TriageWorker.Dicom;

/// <summary>Gathers small pieces into larger writes; without a target it only counts.</summary>
internal sealed class ByteSink(Stream? target) : IDisposable
{
    private const int BufferSize = 16 * 1024;

    private byte[]? _buffer = target is null ? null : ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _used;

    internal long Count { get; private set; }

    internal bool OnlyCounts => target is null;

    public void Dispose()
    {
        if (_buffer is null) return;
        Flush();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
    }

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        Count += bytes.Length;
        if (_buffer is null) return;
        if (bytes.Length > _buffer.Length - _used) Flush();
        if (bytes.Length > _buffer.Length)
        {
            target!.Write(bytes);
            return;
        }
        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    /// <summary>Counts what would be written.</summary>
    internal void Pass(long count) => Count += count;

    private void Flush()
    {
        if (_used > 0) target!.Write(_buffer.AsSpan(0, _used));
        _used = 0;
    }
}
