using System.IO.Compression;

namespace TriageWorker.Dicom.Network;

/// <summary>
/// Inflates a deflate stream (PS3.5, A.5) piece by piece and passes what comes out to a scan. Allocates nothing per piece. As the
/// file reader does, it takes a zlib envelope for what it is, and a data set that is not deflated at all.
/// </summary>
internal sealed class InflatingFeed(DataSetScan scan) : IDisposable
{
    private const int Telling = 8; // bytes that show what this is

    private readonly Piece _piece = new();
    private readonly byte[] _start = new byte[Telling];
    private readonly byte[] _plain = new byte[16 * 1024];
    private int _started;
    private Stream? _inflater;

    /// <summary>False as long as it is not known, and when the data set is not deflated.</summary>
    public bool IsInflating => _inflater is not null;

    /// <returns>False when the bytes are no deflate stream.</returns>
    public bool Feed(ReadOnlySpan<byte> bytes)
    {
        if (_started < Telling)
        {
            var taken = Math.Min(bytes.Length, Telling - _started);
            bytes[..taken].CopyTo(_start.AsSpan(_started));
            _started += taken;
            bytes = bytes[taken..];
            if (_started < Telling) return true;
            if (!Begin()) return false;
        }
        if (_inflater is not null) return Inflate(bytes);
        scan.Follow(bytes);
        return true;
    }

    /// <summary>True when the last deflate block has been seen: the inflater then takes no more input.</summary>
    public bool Complete()
    {
        if (_started < Telling && !Begin()) return false;
        if (_inflater is null || !_piece.IsEmpty) return true;
        _piece.Fill([0]);
        try
        {
            return _inflater.Read(_plain) == 0 && !_piece.IsEmpty;
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _inflater?.Dispose();
        _piece.Dispose();
    }

    private bool Begin()
    {
        var start = _start.AsSpan(0, _started);
        if (EncodingGuess.Of(start) is not null)
        {
            scan.Follow(start);
            return true;
        }
        _inflater = Inflated.HasZlibHead(start[..Math.Min(start.Length, 5)])
            ? new ZLibStream(_piece, CompressionMode.Decompress)
            : new DeflateStream(_piece, CompressionMode.Decompress);
        return Inflate(start);
    }

    private bool Inflate(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !scan.IsLost)
        {
            bytes = bytes[_piece.Fill(bytes)..];
            try
            {
                int count;
                while (!scan.IsLost && (count = _inflater!.Read(_plain)) > 0) scan.Follow(_plain.AsSpan(0, count));
            }
            catch (Exception broken) when (broken is InvalidDataException or IOException)
            {
                return false;
            }
            if (!_piece.IsEmpty) return true; // what the inflater leaves lying comes after its last block: the padding byte
        }
        return true;
    }

    /// <summary>A stream that gives what was filled in last, then says 0 until more is there.</summary>
    private sealed class Piece : Stream
    {
        private readonly byte[] _bytes = new byte[8 * 1024]; // as many as the inflater takes at a time
        private int _start, _end;

        public bool IsEmpty => _start == _end;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public int Fill(ReadOnlySpan<byte> bytes)
        {
            (_start, _end) = (0, Math.Min(bytes.Length, _bytes.Length));
            bytes[.._end].CopyTo(_bytes);
            return _end;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, _end - _start);
            _bytes.AsSpan(_start, count).CopyTo(buffer);
            _start += count;
            return count;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
