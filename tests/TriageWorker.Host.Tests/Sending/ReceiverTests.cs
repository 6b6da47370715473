using TriageWorker.Host.Sending;

namespace TriageWorker.Host.Tests.Sending;

public sealed class ReceiverTests
{
    [Theory]
    [InlineData("localhost:104", "localhost", 104)]
    [InlineData("10.0.0.7:11112", "10.0.0.7", 11112)]
    [InlineData("[::1]:104", "::1", 104)]
    public void Host_and_port_are_read(string text, string host, int port)
    {
        Receiver.Parse(text).ShouldBe(new Receiver(host, port));
        Receiver.Parse(text).ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("localhost"), InlineData(":104"), InlineData("localhost:"), InlineData("localhost:0"), InlineData("localhost:65536"), InlineData("localhost:-1")]
    public void What_is_no_address_is_refused_by_its_text(string text) => Should.Throw<FormatException>(() => Receiver.Parse(text)).Message.ShouldContain("'");
}
