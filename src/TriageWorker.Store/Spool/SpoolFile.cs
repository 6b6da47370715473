using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace TriageWorker.Store;

/// <summary>One object on its way into the spool: written as received, hashed on the fly, sealed last. Used by one caller at a time.</summary>
/// <remarks>Calls block on the disk. Disposing an unsealed file removes it.</remarks>
public sealed class SpoolFile : IDisposable
{
    private const int BlockSize = 256 * 1024, LookEvery = 16 * BlockSize;

    private readonly Spool _spool;
    private readonly SpoolHead _head;
    private readonly SafeFileHandle _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _block = ArrayPool<byte>.Shared.Rent(BlockSize);
    private readonly bool _isNameSynced;
    private readonly int _dataSetOffset;
    private int _blockCount, _hashedFrom;
    private long _written;
    private bool _isOver, _didNotFit;

    internal SpoolFile(Spool spool, SpoolHead head, string path, bool isNameSynced)
    {
        (_spool, _head, Path, _isNameSynced) = (spool, head, path, isNameSynced);
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.Read);
        var start = head.Encode();
        start.CopyTo(_block, 0);
        _dataSetOffset = _blockCount = _hashedFrom = start.Length;
    }

    public string Path { get; }

    /// <summary>Takes the next bytes of the data set.</summary>
    /// <exception cref="IOException">The disk is full, nearly full or broken; the file is of no more use.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_blockCount == BlockSize) WriteFullBlock();
            var taken = Math.Min(bytes.Length, BlockSize - _blockCount);
            bytes[..taken].CopyTo(_block.AsSpan(_blockCount));
            _blockCount += taken;
            bytes = bytes[taken..];
        }
    }

    /// <summary>Writes the mark and syncs the file, and its folder unless that is done already. When it returns, the object survives a crash of the machine.</summary>
    /// <exception cref="IOException">The object is not safe. A failed sync is never tried again: the file goes to quarantine and the spool counts as failing; where there was no room for it, it is removed.</exception>
    public void Seal(DateTimeOffset receivedAt)
    {
        WriteBlock();
        FailPoint.Pass(FailPoint.Written);
        var mark = new SpoolMark(_dataSetOffset, _written - _dataSetOffset, _hash.GetHashAndReset(), receivedAt, _head.AssociationId);
        mark.Write(_block);
        Write(_block.AsSpan(0, SpoolMark.Size), 0);
        FailPoint.Pass(FailPoint.Marked);
        try
        {
            _spool.SyncFile(_file, Path);
            if (!_isNameSynced) _spool.SyncFolder(System.IO.Path.GetDirectoryName(Path)!);
        }
        catch (SyncException failed) when (!Posix.IsFull(failed))
        {
            Quarantine("it could not be synced");
            throw;
        }

        FailPoint.Pass(FailPoint.Synced);
        End();
        _spool.Sealed(Path);
    }

    /// <inheritdoc cref="Seal"/>
    /// <remarks>Waits without holding a thread of the pool.</remarks>
    public Task SealAsync(DateTimeOffset receivedAt) => _spool.Disk.RunAsync(() => Seal(receivedAt));

    /// <summary>Moves the file aside, for somebody to look at.</summary>
    public void Quarantine(string because)
    {
        if (_isOver) return;
        if (_blockCount > 0) TryWriteBlock();
        End();
        _spool.Quarantine(Path, because);
    }

    public void Dispose()
    {
        if (_isOver) return;
        End();
        _spool.Forget(Path);
        if (_didNotFit) _spool.RanFull(); // what there is now is what was too little
    }

    // What else lives on the disk needs the room that is kept free, however long one object is.
    private void WriteFullBlock()
    {
        WriteBlock();
        if (_written % LookEvery == 0 && _spool.Trouble is { } trouble) throw new IOException(trouble);
    }

    private void WriteBlock()
    {
        _hash.AppendData(_block.AsSpan(_hashedFrom, _blockCount - _hashedFrom));
        Write(_block.AsSpan(0, _blockCount), _written);
        _written += _blockCount;
        _blockCount = _hashedFrom = 0;
    }

    private void Write(ReadOnlySpan<byte> bytes, long at)
    {
        try
        {
            RandomAccess.Write(_file, bytes, at);
        }
        catch (IOException full) when (Posix.IsFull(full))
        {
            _didNotFit = true;
            throw;
        }
    }

    private void TryWriteBlock()
    {
        try
        {
            WriteBlock();
        }
        catch (IOException)
        {
            // What is in quarantine may be short; the reason beside it says so.
        }
    }

    private void End()
    {
        _isOver = true;
        _file.Dispose();
        _hash.Dispose();
        ArrayPool<byte>.Shared.Return(_block);
    }
}
