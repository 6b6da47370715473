using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace TriageWorker.Dicom.Network;

/// <summary>Gives Kestrel's sockets 64 KB at a time instead of 4: an image of half a megabyte is then read by some ten calls, not 128.</summary>
/// <remarks>Registered as <see cref="IMemoryPoolFactory{T}"/>, it serves every endpoint of the process. A connection holds no block while nothing is unread.</remarks>
public sealed class LargeBlockPoolFactory : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new LargeBlockPool();
}

internal sealed class LargeBlockPool : MemoryPool<byte>
{
    private const int BlockSize = 64 * 1024;

    // What a burst of associations leaves behind beyond this goes to the garbage collector.
    private const int MostKept = 256;

    private readonly ConcurrentQueue<byte[]> _free = new();
    private volatile bool _isDisposed;

    public override int MaxBufferSize => BlockSize;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        // Pinned, since the sockets hand the address to the kernel.
        return new Block(this, _free.TryDequeue(out var bytes) ? bytes : GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true));
    }

    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        _free.Clear();
    }

    private void Return(byte[] bytes)
    {
        if (!_isDisposed && _free.Count < MostKept) _free.Enqueue(bytes);
    }

    private sealed class Block(LargeBlockPool pool, byte[] bytes) : IMemoryOwner<byte>
    {
        private byte[]? _bytes = bytes;

        public Memory<byte> Memory => _bytes ?? throw new ObjectDisposedException(nameof(Block));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _bytes, null) is { } bytes) pool.Return(bytes);
        }
    }
}
