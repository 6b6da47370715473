namespace TriageWorker.DicomWeb;

/// <summary>An instance to be stored elsewhere: a whole Part 10 file, opened when its turn comes and closed behind it.</summary>
/// <param name="Length">In bytes. Null: not known; the request then goes out in chunks, which some old servers do not take.</param>
public sealed record OutgoingInstance(Func<CancellationToken, ValueTask<Stream>> OpenAsync, long? Length = null)
{
    public static OutgoingInstance OfBytes(ReadOnlyMemory<byte> part10) =>
        new(_ => ValueTask.FromResult<Stream>(new MemoryStream(part10.ToArray(), writable: false)), part10.Length);

    /// <summary>A file that stays as it is until the request is over.</summary>
    /// <exception cref="IOException">There is no such file.</exception>
    public static OutgoingInstance OfFile(string path) => new(_ => ValueTask.FromResult<Stream>(File.OpenRead(path)), new FileInfo(path).Length);
}
