using System.Net;

namespace TriageWorker.Dicom.Network;

/// <summary>How many connections are open, in all and by address. What one address opens beyond its own limit does not count against the others.</summary>
internal sealed class OpenConnections(int mostInAll, int mostOfPeer)
{
    // Connections of an address, and beyond the limit in all, that wait for their rejection or for their end; more than that are closed at
    // once, or keep their places, or the limit would limit nothing.
    private const int MostWaiting = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, Count> _byPeer = [];
    private Count _all;

    /// <summary>Counts a connection until the place is given back; null when it is to be closed at once.</summary>
    public Place? Enter(EndPoint? remote)
    {
        var peer = (remote as IPEndPoint)?.Address ?? IPAddress.None;
        lock (_gate)
        {
            var ofPeer = _byPeer.GetValueOrDefault(peer);
            var isServed = ofPeer.Served < mostOfPeer && _all.Served < mostInAll;
            if (!isServed && !MayWait(ofPeer)) return null;
            Add(peer, isServed ? new Count(1, 0) : new Count(0, 1));
            return new Place(this, peer, isServed);
        }
    }

    // An address has its own share of those that wait, so that it leaves some to the others.
    private bool MayWait(Count ofPeer) => ofPeer.Waiting < MostWaiting && _all.Waiting < mostInAll + MostWaiting;

    private bool TryGiveUp(IPAddress peer)
    {
        lock (_gate)
        {
            if (!MayWait(_byPeer[peer])) return false;
            Add(peer, new Count(-1, 1));
            return true;
        }
    }

    private void Leave(IPAddress peer, bool isServed)
    {
        lock (_gate) Add(peer, isServed ? new Count(-1, 0) : new Count(0, -1));
    }

    private void Add(IPAddress peer, Count more)
    {
        _all += more;
        var ofPeer = _byPeer.GetValueOrDefault(peer) + more;
        if (ofPeer == default) _byPeer.Remove(peer);
        else _byPeer[peer] = ofPeer;
    }

    private readonly record struct Count(int Served, int Waiting)
    {
        public static Count operator +(Count a, Count b) => new(a.Served + b.Served, a.Waiting + b.Waiting);
    }

    /// <summary>One connection among the open ones; its connection alone uses it.</summary>
    internal sealed class Place(OpenConnections connections, IPAddress peer, bool isServed) : IDisposable
    {
        /// <summary>It is told to come back later.</summary>
        public bool IsOverLimit { get; } = !isServed;

        /// <summary>
        /// It is rejected, or has ended: the connection stays open until its peer closes it, and takes no place from others meanwhile.
        /// </summary>
        public void GiveUp()
        {
            if (isServed) isServed = !connections.TryGiveUp(peer);
        }

        public void Dispose() => connections.Leave(peer, isServed);
    }
}
