using System.IO.Compression;

namespace TriageWorker.Dicom.Network;

/// <summary>Inflates a raw deflate stream piece by piece and passes what comes out to a scan.</summary>
internal sealed class InflatingFeed : IDisposable
{
    private readonly Pieces _pieces = new();
    private readonly DeflateStream _inflater;
    private readonly byte[] _plain = new byte[16 * 1024];

    public InflatingFeed() => _inflater = new DeflateStream(_pieces, CompressionMode.Decompress);

    /// <returns>False when the bytes are no deflate stream.</returns>
    public bool Feed(ReadOnlySpan<byte> bytes, DataSetScan scan)
    {
        _pieces.Current = bytes.ToArray();
        try
        {
            int count;
            while (!scan.IsLost && (count = _inflater.Read(_plain)) > 0) scan.Follow(_plain.AsSpan(0, count));
        }
        catch (InvalidDataException)
        {
            return false;
        }

        return true; // what the inflater leaves lying is the padding byte after its last block
    }

    /// <summary>True when the last deflate block has been seen: the inflater then takes no more input.</summary>
    public bool IsAtEnd()
    {
        _pieces.Current = new byte[1];
        try
        {
            return _inflater.Read(_plain) == 0 && !_pieces.Current.IsEmpty;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _inflater.Dispose();
        _pieces.Dispose();
    }

    /// <summary>A stream that gives what was set last, then says 0 until more is set.</summary>
    private sealed class Pieces : Stream
    {
        public ReadOnlyMemory<byte> Current { get; set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, Current.Length);
            Current.Span[..count].CopyTo(buffer);
            Current = Current[count..];
            return count;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
