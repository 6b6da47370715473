using System.Buffers;
using System.Text;

namespace TriageWorker.Hl7.Tests;

public sealed class MessageCharsetTests
{
    [Theory]
    [InlineData("", "Müller")] // nothing said: UTF-8
    [InlineData("UNICODE UTF-8", "Müller 山田")]
    [InlineData("8859/1", "Müller")]
    [InlineData("8859/2", "Dvořák")]
    [InlineData("8859/5", "Иванов")]
    [InlineData("8859/15", "Œuf €")]
    [InlineData("ASCII", "Mueller")]
    public void A_name_survives_the_character_set_that_the_message_names(string set, string name)
    {
        var sent = MessageCharset.Write(new Hl7Message(new Segment("MSH").With(18, set), new Segment("PID").With(5, name)));

        Read(sent).First("PID")![5].Text.ShouldBe(name);
    }

    [Fact]
    public void Without_a_name_bytes_that_are_not_UTF8_are_read_as_Latin_1() =>
        Read(Encoding.Latin1.GetBytes("MSH|^~\\&|\rPID|||||Müller\r")).First("PID")![5].Text.ShouldBe("Müller");

    [Theory]
    [InlineData("UNICODE UTF-8")]
    [InlineData("ASCII")]
    public void Bytes_that_are_not_in_the_named_set_are_refused(string set) =>
        MessageCharset.Read(new(Encoding.Latin1.GetBytes($"MSH|^~\\&||||||||||||||||{set}\rPID|||||Müller\r")))
            .ShouldBeOfType<Hl7Reading.Malformed>().Because.ShouldContain(set);

    [Fact]
    public void A_set_that_is_not_known_is_refused_by_name() =>
        MessageCharset.Read(new("MSH|^~\\&||||||||||||||||ISO IR87\r"u8.ToArray())).ShouldBeOfType<Hl7Reading.Malformed>().Because.ShouldContain("ISO IR87");

    [Fact]
    public void Letters_that_the_named_set_lacks_are_not_sent_as_question_marks() =>
        Should.Throw<ArgumentException>(() => MessageCharset.Write(new Hl7Message(new Segment("MSH").With(18, "8859/1").With(3, "山田"))));

    private static Hl7Message Read(byte[] bytes) => MessageCharset.Read(new ReadOnlySequence<byte>(bytes)).ShouldBeOfType<Hl7Reading.Read>().Message;
}
