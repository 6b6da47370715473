using System.Collections.Concurrent;

namespace TriageWorker.Imaging.Decoding;

/// <summary>
/// Decodes compressed frames in processes of their own: a native decoder that a damaged frame crashes costs that frame its pixels and
/// nothing else. As many run as frames are decoded at once; they wait for the next ones and are replaced when they die.
/// </summary>
/// <param name="deadline">For one frame, from question to answer.</param>
public sealed class FrameDecoder(TimeSpan deadline, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan ProbeWithin = TimeSpan.FromSeconds(30);

    private readonly ConcurrentBag<DecoderProcess> _idle = [];
    private readonly Lazy<DecodableSyntaxes> _decodes = new(() => DecodableSyntaxes.Of(DecoderProgram.Probe(ProbeWithin)));
    private int _isClosed;

    /// <summary>Asked of the decoder once, when it is first wanted.</summary>
    public DecodableSyntaxes Decodes => _decodes.Value;

    /// <summary>The processes that wait for frames.</summary>
    internal IReadOnlyList<int> Idle => [.. _idle.Select(process => process.Id)];

    /// <summary>Fills <paramref name="pixels"/> with the decoded frame, in the machine's byte order. Blocks; any number of threads may ask at once.</summary>
    /// <param name="pixels">As long as <see cref="FrameFormat.Bytes"/>.</param>
    /// <exception cref="DecodingException">The frame is damaged, or is not what its header says.</exception>
    /// <exception cref="IOException">There is no decoder now: a fault of the machine, worth another try.</exception>
    /// <exception cref="OperationCanceledException">The decoder that was at work is gone with it.</exception>
    public void Decode(FrameFormat format, ReadOnlySpan<byte> compressed, Span<byte> pixels, CancellationToken stop)
    {
        if (pixels.Length != format.Bytes) throw new ArgumentException($"{pixels.Length} bytes for a frame of {format.Bytes}.", nameof(pixels));
        if (CompressedSize.Of(compressed) is { } size && size != (format.Rows, format.Columns))
            throw new DecodingException($"the compressed image is {size.Columns}×{size.Rows} pixels and its header says {format.Columns}×{format.Rows}");
        while (true)
        {
            if (!_idle.TryTake(out var process)) process = new DecoderProcess();
            var wasUsed = process.Answered > 0;
            var isLate = false;
            string? refusal;
            try
            {
                using var late = clock.CreateTimer(_ => { isLate = true; process.Kill(); }, null, deadline, Timeout.InfiniteTimeSpan);
                using var stopped = stop.Register(process.Kill);
                refusal = process.Ask(format, compressed, pixels);
            }
            catch (IOException ended)
            {
                process.Dispose();
                stop.ThrowIfCancellationRequested();
                if (isLate) throw new DecodingException(FormattableString.Invariant($"the decoder had not finished it after {deadline.TotalSeconds:0.#} s"));
                // One that had worked before may have died of an earlier frame; only a fresh one proves that it was this.
                if (wasUsed) continue;
                if (Decodes.Missing is { } missing) throw new IOException($"There is no decoder: {missing}.", ended);
                throw new DecodingException(ended.Message);
            }

            Keep(process);
            if (refusal is not null) throw new DecodingException(refusal);
            return;
        }
    }

    public void Dispose()
    {
        Interlocked.Exchange(ref _isClosed, 1);
        while (_idle.TryTake(out var process)) process.Dispose();
    }

    private void Keep(DecoderProcess process)
    {
        _idle.Add(process);
        if (Volatile.Read(ref _isClosed) == 1) Dispose();
    }
}
