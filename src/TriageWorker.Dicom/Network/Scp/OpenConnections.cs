using System.Net;

namespace TriageWorker.Dicom.Network;

/// <summary>How many connections are open, in all and by address. What one address opens beyond its own limit does not count against the others.</summary>
internal sealed class OpenConnections(int mostInAll, int mostOfPeer)
{
    // Connections that wait for their rejection; more than that are closed at once, or the limit would limit nothing.
    private const int MostOverLimit = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byPeer = [];
    private int _served;

    /// <summary>Counts a connection until the place is given back; null when it is to be closed at once.</summary>
    public Place? Enter(EndPoint? remote)
    {
        var peer = (remote as IPEndPoint)?.Address ?? IPAddress.None;
        lock (_gate)
        {
            var ofPeer = _byPeer.GetValueOrDefault(peer);
            if (ofPeer >= mostOfPeer + MostOverLimit || _served >= mostInAll + MostOverLimit) return null;
            var isServed = ofPeer < mostOfPeer;
            var isOverLimit = !isServed || _served >= mostInAll;
            _byPeer[peer] = ofPeer + 1;
            if (isServed) _served++;
            return new Place(this, peer, isServed, isOverLimit);
        }
    }

    private void Leave(IPAddress peer, bool wasServed)
    {
        lock (_gate)
        {
            if (wasServed) _served--;
            if (--_byPeer[peer] == 0) _byPeer.Remove(peer);
        }
    }

    /// <summary>One connection among the open ones.</summary>
    /// <param name="isOverLimit">It is told to come back later.</param>
    internal sealed class Place(OpenConnections connections, IPAddress peer, bool isServed, bool isOverLimit) : IDisposable
    {
        public bool IsOverLimit => isOverLimit;

        public void Dispose() => connections.Leave(peer, isServed);
    }
}
