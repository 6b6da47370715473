using System.Net;
using System.Net.Sockets;
using TriageWorker.Host.Demo;

namespace TriageWorker.Host.Tests.Demo;

public sealed class FreePortTests
{
    [Fact]
    public void A_port_that_is_taken_is_replaced_by_a_free_one()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var wanted = ((IPEndPoint)taken.LocalEndpoint).Port;
        FreePort.Near(wanted).ShouldNotBe(wanted);
    }

    [Fact]
    public void A_port_that_is_free_is_kept()
    {
        int wanted;
        using (var once = new TcpListener(IPAddress.Loopback, 0))
        {
            once.Start();
            wanted = ((IPEndPoint)once.LocalEndpoint).Port;
        }

        FreePort.Near(wanted).ShouldBe(wanted);
    }
}
