namespace TriageWorker.Dicom;

/// <summary>
/// Bytes read forward: peeks, takes, skips. What is taken is a slice of what was read and stays valid, so nothing is copied
/// twice. Allocates as bytes arrive, never by what a length says.
/// </summary>
internal sealed class ByteSource
{
    /// <summary>For headers: most are shorter.</summary>
    internal const int SmallChunk = 16 * 1024;

    private readonly Stream? _stream; // null: all is in the chunk
    private readonly long _ceiling;
    private byte[] _array = [];
    private ReadOnlyMemory<byte> _chunk; // what is filled of it
    private long _chunkStart;
    private int _at;
    private int _chunkSize = SmallChunk;

    /// <summary>Bytes that are in memory.</summary>
    internal ByteSource(ReadOnlyMemory<byte> bytes, long position)
    {
        (_chunk, _chunkStart, End) = (bytes, position, position + bytes.Length);
    }

    /// <param name="end">Where the stream ends, when that is known.</param>
    /// <param name="ceiling">How far an inflated stream may go.</param>
    internal ByteSource(Stream stream, long position, long? end, long ceiling = long.MaxValue) =>
        (_stream, _chunkStart, End, _ceiling) = (stream, position, end, ceiling);

    /// <summary>Bytes from the beginning of the file.</summary>
    internal long Position => _chunkStart + _at;

    /// <summary>Where the stream ends, when that is known.</summary>
    internal long? End { get; }

    /// <summary>From here on all is wanted: it is read at once, as far as its end is known, and lies together.</summary>
    internal void ReadWhole()
    {
        if (_stream is null || End is not { } end) return;
        _chunkSize = (int)Math.Clamp(end - Position, SmallChunk, Array.MaxLength);
        if (_array.Length - _at < end - Position) Move((int)Math.Min(end - Position, _chunkSize), _chunk.Length - _at);
    }

    /// <summary>Up to <paramref name="count"/> bytes ahead; fewer only at the end.</summary>
    internal ReadOnlySpan<byte> Peek(int count)
    {
        if (_chunk.Length - _at < count) Fill(count);
        return _chunk.Span.Slice(_at, Math.Min(count, _chunk.Length - _at));
    }

    /// <summary>The next bytes: fewer than asked for only when the stream ends.</summary>
    internal ReadOnlyMemory<byte> Take(long count)
    {
        var wanted = (int)Math.Min(count, Array.MaxLength);
        if (_chunk.Length - _at < wanted) Fill(wanted);
        var taken = _chunk.Slice(_at, Math.Min(wanted, _chunk.Length - _at));
        _at += taken.Length;
        return taken;
    }

    /// <summary>What was passed since a position, when it still lies together.</summary>
    internal bool TryGetSince(long start, out ReadOnlyMemory<byte> bytes)
    {
        var there = start >= _chunkStart;
        bytes = there ? _chunk[(int)(start - _chunkStart).._at] : default;
        return there;
    }

    /// <summary>Passes over bytes; returns how many there were.</summary>
    internal long Skip(long count)
    {
        var buffered = (int)Math.Min(count, _chunk.Length - _at);
        _at += buffered;
        var skipped = (long)buffered;
        if (skipped == count || _stream is null) return skipped;
        if (_stream.CanSeek && End is { } end)
        {
            var step = Math.Min(count - skipped, Math.Max(0, end - Position));
            _stream.Seek(step, SeekOrigin.Current);
            Drop(step);
            return skipped + step;
        }
        while (skipped < count && !Peek(1).IsEmpty)
        {
            var step = (int)Math.Min(count - skipped, _chunk.Length - _at);
            _at += step;
            skipped += step;
        }
        return skipped;
    }

    private void Drop(long passed)
    {
        _chunkStart = Position + passed;
        (_array, _chunk, _at) = ([], default, 0);
    }

    /// <summary>Reads on until so many bytes lie ahead together, or the stream ends.</summary>
    private void Fill(int wanted)
    {
        if (_stream is null) return;
        var ahead = _chunk.Length - _at;
        var room = End is { } end ? Math.Max(ahead, end - Position) : long.MaxValue;
        while (ahead < wanted)
        {
            if (_array.Length - _at <= ahead)
            {
                // Of a stream without a known end, what it declares is believed only as far as it has shown so far.
                var size = Math.Min(room, End is null ? Math.Max(_chunkSize, 2L * ahead) : Math.Max(_chunkSize, wanted));
                if (size <= ahead) return;
                Move((int)Math.Min(size, Array.MaxLength), ahead);
            }
            var read = FromStream(_array.AsSpan(_at + ahead));
            if (read == 0) return;
            ahead += read;
            _chunk = _array.AsMemory(0, _at + ahead);
            if (Position + ahead > _ceiling) throw new DicomFormatException($"The deflated data set grows beyond {_ceiling} bytes", Position);
        }
    }

    /// <summary>A new chunk that begins with what lies ahead; the old one belongs to those who took from it.</summary>
    private void Move(int size, int ahead)
    {
        var larger = GC.AllocateUninitializedArray<byte>(size);
        _chunk[_at..].CopyTo(larger);
        _chunkStart = Position;
        (_array, _chunk, _at) = (larger, larger.AsMemory(0, ahead), 0);
    }

    private int FromStream(Span<byte> target)
    {
        try
        {
            return _stream!.Read(target);
        }
        catch (InvalidDataException broken)
        {
            throw new DicomFormatException("The deflated data set cannot be inflated", Position, null, broken);
        }
    }
}
