using System.Globalization;
using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;

namespace TriageWorker.Benchmarks.Spooling;

/// <summary>
/// A write-ahead spool: objects go to one log, one behind the other, and share its syncs; afterwards each is copied to a file of its own, since
/// readers and destinations want files.
/// </summary>
internal sealed class WriteAhead : IKeeping
{
    private readonly string _folder;
    private readonly SafeFileHandle _log;
    private readonly Lock _end = new();
    private readonly Channel<TaskCompletionSource> _waiting = Channel.CreateUnbounded<TaskCompletionSource>();
    private readonly List<(long At, int Bytes)> _kept = [];
    private readonly Task _syncing;
    private long _length;

    public WriteAhead(string folder)
    {
        Directory.CreateDirectory(folder);
        _folder = folder;
        _log = File.OpenHandle(Path.Combine(folder, "log"), FileMode.CreateNew, FileAccess.ReadWrite);
        using (var names = Disk.Folder(folder)) Disk.Sync(names);
        _syncing = Task.Run(SyncAsync);
    }

    public string Name => "write-ahead log, one fdatasync for all that wait";

    public async Task KeepAsync(IReadOnlyList<ReadOnlyMemory<byte>> blocks)
    {
        // What is in the log lies behind each other, so an object has to be whole, in memory, before it goes there.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var block in blocks) hash.AppendData(block.Span);
        var bytes = blocks.Sum(block => block.Length);
        long at;
        lock (_end)
        {
            at = _length;
            _length += bytes;
            _kept.Add((at, bytes));
        }

        RandomAccess.Write(_log, blocks, at);
        var safe = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Writer.TryWrite(safe);
        await safe.Task;
    }

    public Task FinishAsync() => Task.Run(() =>
    {
        var number = 0;
        foreach (var (at, bytes) in _kept)
        {
            var copy = new byte[bytes];
            RandomAccess.Read(_log, copy, at);
            using var file = File.OpenHandle(Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{number++}.dcm")), FileMode.CreateNew, FileAccess.Write);
            RandomAccess.Write(file, copy, 0);
        }

        using var folder = Disk.Folder(_folder);
        Disk.SyncFileSystem(folder);
    });

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.Complete();
        await _syncing;
        _log.Dispose();
    }

    private async Task SyncAsync()
    {
        while (await _waiting.Reader.WaitToReadAsync())
        {
            var together = new List<TaskCompletionSource>();
            while (_waiting.Reader.TryRead(out var one)) together.Add(one);
            Disk.SyncData(_log);
            together.ForEach(safe => safe.SetResult());
        }
    }
}
