using System.Globalization;
using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;

namespace TriageWorker.Benchmarks.Spooling;

/// <summary>How a file per object is made safe.</summary>
internal enum Barrier
{
    /// <summary>fsync of the file, on a thread of its own; without the mark, for what that costs.</summary>
    EachFile,

    /// <summary>fdatasync of the file.</summary>
    EachFileData,

    /// <summary>Opened with O_DSYNC: each block is safe when its write returns.</summary>
    EachWrite,

    /// <summary>One syncfs for all objects that wait, whatever else is on the file system.</summary>
    FileSystem,

    /// <summary>One thread syncs the files that wait, one after the other; they share commits of the journal.</summary>
    OneThread,
}

/// <summary>How an object is hashed.</summary>
internal enum Hashing
{
    None,

    /// <summary>By the thread that receives, between its blocks.</summary>
    InLine,

    /// <summary>By another thread, beside receiving.</summary>
    Beside,
}

/// <summary>A file per object, whose name is there and synced beforehand.</summary>
internal sealed class FilePerObject : IKeeping
{
    private const int Names = 512;
    private readonly string _folder;
    private readonly Barrier _barrier;
    private readonly Hashing _hashing;
    private readonly SafeFileHandle _fileSystem;
    private readonly Channel<(SafeFileHandle File, TaskCompletionSource Safe)> _waiting = Channel.CreateUnbounded<(SafeFileHandle, TaskCompletionSource)>();
    private readonly Task _syncing;
    private int _next;

    public FilePerObject(string folder, Barrier barrier, Hashing hashing)
    {
        (_folder, _barrier, _hashing) = (folder, barrier, hashing);
        Name = (barrier, hashing) switch
        {
            (Barrier.EachFile, Hashing.None) => "fsync of each file, no hash",
            (Barrier.EachFile, Hashing.InLine) => "fsync of each file, hash in line",
            (Barrier.EachFile, Hashing.Beside) => "fsync of each file, hash beside",
            (Barrier.EachFileData, _) => "fdatasync of each file",
            (Barrier.EachWrite, _) => "O_DSYNC",
            (Barrier.FileSystem, _) => "one syncfs for all that wait",
            (Barrier.OneThread, _) => "one thread that syncs all that wait",
            var unknown => throw new ArgumentOutOfRangeException(nameof(barrier), $"{unknown} is no way we know."),
        };
        Directory.CreateDirectory(folder);
        if (barrier != Barrier.EachWrite)
            for (var name = 0; name < Names; name++) File.OpenHandle(PathOf(name), FileMode.CreateNew, FileAccess.Write).Dispose();
        _fileSystem = Disk.Folder(folder);
        Disk.Sync(_fileSystem);
        _syncing = Task.Run(SyncAsync);
    }

    public string Name { get; }

    public async Task KeepAsync(IReadOnlyList<ReadOnlyMemory<byte>> blocks)
    {
        var path = PathOf(Interlocked.Increment(ref _next) - 1);
        using var file = _barrier == Barrier.EachWrite ? Disk.New(path, syncs: true) : File.OpenHandle(path, FileMode.Open, FileAccess.Write);
        using var hash = _hashing == Hashing.None ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var beside = Task.CompletedTask;
        long at = 0;
        foreach (var block in blocks)
        {
            if (_hashing == Hashing.InLine) hash!.AppendData(block.Span);
            else if (_hashing == Hashing.Beside) beside = beside.ContinueWith(_ => hash!.AppendData(block.Span), TaskScheduler.Default);
            RandomAccess.Write(file, block.Span, at);
            at += block.Length;
        }

        await beside;
        if (_barrier is Barrier.EachFile) await Task.Run(() => Disk.Sync(file));
        else if (_barrier is Barrier.EachFileData) await Task.Run(() => Disk.SyncData(file));
        else if (_barrier is Barrier.FileSystem or Barrier.OneThread)
        {
            var safe = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Writer.TryWrite((file, safe));
            await safe.Task;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.Complete();
        await _syncing;
        _fileSystem.Dispose();
    }

    private string PathOf(int number) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{number:00000}.part"));

    private async Task SyncAsync()
    {
        while (await _waiting.Reader.WaitToReadAsync())
        {
            var together = new List<(SafeFileHandle File, TaskCompletionSource Safe)>();
            while (_waiting.Reader.TryRead(out var one)) together.Add(one);
            if (_barrier == Barrier.FileSystem) Disk.SyncFileSystem(_fileSystem);
            else together.ForEach(one => Disk.Sync(one.File));
            together.ForEach(one => one.Safe.SetResult());
        }
    }
}
