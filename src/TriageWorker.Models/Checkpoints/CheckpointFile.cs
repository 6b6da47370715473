using Microsoft.Win32.SafeHandles;

namespace TriageWorker.Models.Checkpoints;

/// <summary>The bytes of a checkpoint, read where they are wanted and never as a whole. May be read by several threads at once.</summary>
internal sealed class CheckpointFile(string path) : IDisposable
{
    private readonly SafeFileHandle _handle = File.OpenHandle(path, options: FileOptions.RandomAccess);

    public string Name { get; } = Path.GetFileName(path);

    public long Length => RandomAccess.GetLength(_handle);

    /// <exception cref="CheckpointException">Not all of it lies in the file.</exception>
    public void Read(long offset, Span<byte> into, string what)
    {
        if (offset < 0 || offset > Length - into.Length) throw Cut(offset, what);
        while (into.Length > 0)
        {
            var count = RandomAccess.Read(_handle, into, offset);
            if (count == 0) throw Cut(offset, what); // shortened while we read
            into = into[count..];
            offset += count;
        }
    }

    public byte[] Read(long offset, int length, string what)
    {
        if (length > Length) throw Cut(offset, what); // before memory is taken for it
        var bytes = new byte[length];
        Read(offset, bytes, what);
        return bytes;
    }

    public CheckpointException Fault(string where, string what) => new(Name, [$"{where}: {what}."]);

    public void Dispose() => _handle.Dispose();

    private CheckpointException Cut(long offset, string what) =>
        Fault($"byte {offset}", $"the file has {Length} bytes and ends before {what} does; it was cut or not wholly copied");
}
