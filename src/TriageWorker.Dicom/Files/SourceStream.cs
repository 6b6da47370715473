namespace TriageWorker.Dicom;

/// <summary>What a source has left, as a stream for the inflater. That asks for nothing more once it has seen the last block, so that an end here is a cut.</summary>
internal sealed class SourceStream(ByteSource source) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var ahead = source.Peek(Math.Min(buffer.Length, 4096));
        if (ahead.IsEmpty && !buffer.IsEmpty) throw new InvalidDataException("The deflate stream ends before its last block.");
        ahead.CopyTo(buffer);
        source.Skip(ahead.Length);
        return ahead.Length;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
