using System.IO.Hashing;
using System.Security.Cryptography;

namespace TriageWorker.Models.Checkpoints;

/// <summary>One pass over all bytes of a checkpoint: which file it is, and whether it is as it was written.</summary>
internal static class WholeFile
{
    private const int BlockBytes = 1 << 20;

    public static string Verify(CheckpointFile file, IReadOnlyCollection<ZipEntry> entries, IProgress<double>? progress, CancellationToken stop)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var sums = new EntrySums(entries);
        var block = new byte[BlockBytes];
        var length = file.Length;
        for (var at = 0L; at < length; at += BlockBytes)
        {
            stop.ThrowIfCancellationRequested();
            var bytes = block.AsSpan(0, (int)Math.Min(BlockBytes, length - at));
            file.Read(at, bytes, "its bytes");
            sha.AppendData(bytes);
            sums.Append(at, bytes);
            progress?.Report((at + bytes.Length) / (double)length);
        }

        return sums.Wrong.Count == 0 ? Convert.ToHexStringLower(sha.GetHashAndReset())
            : throw new CheckpointException(file.Name, [.. sums.Wrong.Select(entry => $"entry {entry.Name}: its bytes are not those that were written (CRC-32); the file was damaged since.")]);
    }

    /// <summary>The check sums of entries, from bytes that come in the file's order. An entry without one is left out.</summary>
    private sealed class EntrySums(IEnumerable<ZipEntry> entries)
    {
        private readonly Queue<ZipEntry> _rest = new(entries.Where(entry => entry.Crc != 0).OrderBy(entry => entry.Offset));
        private readonly Crc32 _sum = new();

        public List<ZipEntry> Wrong { get; } = [];

        public void Append(long at, ReadOnlySpan<byte> bytes)
        {
            while (_rest.TryPeek(out var entry) && entry.Offset < at + bytes.Length)
            {
                var (from, until) = (Math.Max(entry.Offset - at, 0), Math.Min(entry.End - at, bytes.Length));
                _sum.Append(bytes[(int)from..(int)until]);
                if (entry.End > at + bytes.Length) return; // the rest of it comes
                if (_sum.GetCurrentHashAsUInt32() != entry.Crc) Wrong.Add(entry);
                _sum.Reset();
                _rest.Dequeue();
            }
        }
    }
}
