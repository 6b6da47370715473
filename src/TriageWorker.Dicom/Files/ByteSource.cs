namespace TriageWorker.Dicom;

/// <summary>A stream read forward through a small buffer: peeks, reads, skips. Allocates as bytes arrive, never by what a length says.</summary>
internal sealed class ByteSource(Stream stream, long position, long? end, long ceiling = long.MaxValue)
{
    private const int BufferSize = 16 * 1024, GrowthStep = 1 << 20;

    private readonly byte[] _buffer = new byte[BufferSize];
    private int _start, _count;

    /// <summary>Bytes from the beginning of the file.</summary>
    internal long Position { get; private set; } = position;

    /// <summary>Where the stream ends, when that is known.</summary>
    internal long? End => end;

    /// <summary>Up to <paramref name="count"/> bytes ahead; fewer only at the end.</summary>
    internal ReadOnlySpan<byte> Peek(int count)
    {
        if (_count < count) Fill(count);
        return _buffer.AsSpan(_start, Math.Min(count, _count));
    }

    internal bool TryRead(Span<byte> target)
    {
        if (Peek(target.Length).Length < target.Length) return false;
        _buffer.AsSpan(_start, target.Length).CopyTo(target);
        Consume(target.Length);
        return true;
    }

    /// <summary>The next bytes: fewer than asked for only when the stream ends.</summary>
    internal byte[] Read(long length)
    {
        var there = end is { } e ? Math.Max(0, e - Position) : GrowthStep;
        var bytes = GC.AllocateUninitializedArray<byte>((int)Math.Min(Math.Min(length, Array.MaxLength), there)); // filled below, or cut
        var done = 0;
        while (true)
        {
            done += ReadInto(bytes.AsSpan(done));
            if (done < bytes.Length || done == length || end is not null) break;
            Array.Resize(ref bytes, (int)Math.Min(length, Math.Min(2L * bytes.Length, Array.MaxLength)));
        }
        if (done < bytes.Length) Array.Resize(ref bytes, done);
        return bytes;
    }

    /// <summary>Passes over bytes; returns how many there were.</summary>
    internal long Skip(long length)
    {
        var buffered = (int)Math.Min(length, _count);
        Consume(buffered);
        var skipped = (long)buffered;
        if (skipped == length) return skipped;
        if (stream.CanSeek && end is { } e)
        {
            var step = Math.Min(length - skipped, Math.Max(0, e - Position));
            stream.Seek(step, SeekOrigin.Current);
            Position += step;
            return skipped + step;
        }
        while (skipped < length && !Peek(1).IsEmpty)
        {
            var step = (int)Math.Min(length - skipped, _count);
            Consume(step);
            skipped += step;
        }
        return skipped;
    }

    /// <summary>Whether nothing but zero bytes follows. Consumes them.</summary>
    internal bool OnlyZerosFollow()
    {
        while (Peek(BufferSize) is { IsEmpty: false } ahead)
        {
            if (ahead.ContainsAnyExcept((byte)0)) return false;
            Consume(ahead.Length);
        }
        return true;
    }

    private int ReadInto(Span<byte> target)
    {
        var done = Math.Min(target.Length, _count);
        _buffer.AsSpan(_start, done).CopyTo(target);
        Consume(done);
        while (done < target.Length)
        {
            var read = FromStream(target[done..]);
            if (read == 0) break;
            done += read;
            Position += read;
            CheckCeiling();
        }
        return done;
    }

    private void Fill(int wanted)
    {
        _buffer.AsSpan(_start, _count).CopyTo(_buffer);
        _start = 0;
        while (_count < wanted)
        {
            var read = FromStream(_buffer.AsSpan(_count));
            if (read == 0) return;
            _count += read;
        }
    }

    private int FromStream(Span<byte> target)
    {
        try
        {
            return stream.Read(target);
        }
        catch (InvalidDataException broken)
        {
            throw new DicomFormatException("The deflated data set cannot be inflated", Position, null, broken);
        }
    }

    private void Consume(int count)
    {
        _start += count;
        _count -= count;
        Position += count;
        CheckCeiling();
    }

    private void CheckCeiling()
    {
        if (Position > ceiling) throw new DicomFormatException($"The deflated data set grows beyond {ceiling} bytes", Position);
    }
}
