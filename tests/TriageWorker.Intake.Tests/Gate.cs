using System.Net;
using System.Net.Sockets;

namespace TriageWorker.Intake.Tests;

/// <summary>A way to a server on loopback that can be shut, as a server that goes away shuts it.</summary>
internal sealed class Gate : IAsyncDisposable
{
    private readonly int _target;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _lock = new();
    private readonly HashSet<TcpClient> _open = [];
    private readonly Task _accepting;
    private bool _isShut;

    public Gate(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Shut()
    {
        lock (_lock)
        {
            _isShut = true;
            foreach (var client in _open) client.Dispose();
            _open.Clear();
        }
    }

    public void Open()
    {
        lock (_lock) _isShut = false;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        Shut();
        await _accepting;
        _listener.Dispose();
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true) passing.Add(PassAsync(await _listener.AcceptTcpClientAsync(_over.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(passing);
        }
    }

    private async Task PassAsync(TcpClient near)
    {
        using var far = new TcpClient();
        try
        {
            using (near)
            {
                lock (_lock)
                {
                    if (_isShut) return;
                    _open.Add(near);
                }

                await far.ConnectAsync(IPAddress.Loopback, _target, _over.Token);
                await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream(), _over.Token), far.GetStream().CopyToAsync(near.GetStream(), _over.Token));
            }
        }
        catch (Exception ended) when (ended is IOException or SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // One side went away, which the other is told by closing.
        }
    }
}
