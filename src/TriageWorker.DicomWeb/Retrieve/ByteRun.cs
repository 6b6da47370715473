using System.IO.Pipelines;

namespace TriageWorker.DicomWeb;

/// <summary>Bytes to send, in memory or in a file, where they stay until they are sent.</summary>
internal sealed record ByteRun
{
    private const int PieceSize = 64 * 1024;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly string? _path;
    private readonly long _offset;

    public ByteRun(ReadOnlyMemory<byte> bytes) => (_bytes, Length) = (bytes, bytes.Length);

    public ByteRun(string path, long offset, long length) => (_path, _offset, Length) = (path, offset, length);

    public long Length { get; }

    public static ByteRun WholeFile(string path) => new(path, 0, new FileInfo(path).Length);

    public ByteRun Slice(long from, long length) => _path is null ? new(_bytes.Slice((int)from, (int)length)) : new(_path, _offset + from, length);

    /// <exception cref="EndOfStreamException">The file became shorter.</exception>
    public async Task CopyToAsync(PipeWriter output, CancellationToken stop)
    {
        if (_path is null)
        {
            await output.WriteAsync(_bytes, stop);
            return;
        }

        using var file = File.OpenHandle(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous | FileOptions.SequentialScan);
        for (var done = 0L; done < Length;)
        {
            var piece = output.GetMemory(PieceSize);
            var read = await RandomAccess.ReadAsync(file, piece[..(int)Math.Min(piece.Length, Length - done)], _offset + done, stop);
            if (read == 0) throw new EndOfStreamException($"A file ends {Length - done} bytes short of what it had.");
            output.Advance(read);
            done += read;
            await output.FlushAsync(stop);
        }
    }
}
