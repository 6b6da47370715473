using System.Collections.Concurrent;

namespace TriageWorker.Chaos;

/// <summary>What the senders know, and nobody else is asked for: what was sent, and for what a success came back.</summary>
internal sealed class SendersLedger
{
    private readonly ConcurrentDictionary<string, string> _sent = new();
    private readonly ConcurrentDictionary<string, int> _acknowledged = new();
    private int _pushes, _broken, _refused, _resent;

    /// <summary>Digests of all that was ever sent, by SOP Instance UID.</summary>
    public IReadOnlyDictionary<string, string> Sent => _sent;

    /// <summary>How often a success came back, by SOP Instance UID.</summary>
    public IReadOnlyDictionary<string, int> Acknowledged => _acknowledged;

    public int Pushes => _pushes;

    /// <summary>Objects that were answered with something else than success.</summary>
    public int Refused => _refused;

    /// <summary>Associations that were refused, or broke off.</summary>
    public int Broken => _broken;

    /// <summary>Objects that were pushed again, acknowledged before or not.</summary>
    public int Resent => _resent;

    /// <summary>A new association is about to send these.</summary>
    public void Pushing(IEnumerable<Slice> slices)
    {
        Interlocked.Increment(ref _pushes);
        foreach (var slice in slices)
            if (!_sent.TryAdd(slice.SopUid, slice.Digest)) Interlocked.Increment(ref _resent);
    }

    public void Success(Slice slice) => _acknowledged.AddOrUpdate(slice.SopUid, 1, (_, times) => times + 1);

    public void Break() => Interlocked.Increment(ref _broken);

    public void Refusal() => Interlocked.Increment(ref _refused);

    public bool IsAcknowledged(Slice slice) => _acknowledged.ContainsKey(slice.SopUid);
}
