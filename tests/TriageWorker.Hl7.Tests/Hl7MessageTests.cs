namespace TriageWorker.Hl7.Tests;

public sealed class Hl7MessageTests
{
    // An order as an information system sends it: repeated identifiers, subcomponents, escapes, a Z segment.
    private const string Order =
        "MSH|^~\\&|RIS|RADIOLOGY|TRIAGE|CT|20250301104500||ORM^O01^ORM_O01|MSG00017|P|2.5.1|||||||\r" +
        "PID|1||4711^^^HOSP&1.2.3.4&ISO^MR~88-1^^^REGION^PI||DOE^JANE^^^DR||19610203|F\r" +
        "ORC|NW|A100|F200\r" +
        "OBR|1|A100|F200|CTABD^CT Abdomen \\T\\ Pelvis^L|||20250301104400\r" +
        "NTE|1||Fall from 3 m\\.br\\abdominal pain \\F\\ guarding\r" +
        "ZTR|S\r";

    [Fact]
    public void Fields_components_repetitions_and_subcomponents_are_counted_from_one()
    {
        var message = Read(Order);

        message.Type.ShouldBe(("ORM", "O01"));
        message.ControlId.ShouldBe("MSG00017");
        var patient = message.First("PID")!;
        patient[3].Repetitions.Select(id => id.Text).ShouldBe(["4711", "88-1"]);
        patient[3].Component(4).Subcomponent(2).ShouldBe("1.2.3.4");
        patient[3].Repetitions[1].Component(5).Text.ShouldBe("PI");
        patient[5].Component(2).Text.ShouldBe("JANE");
        patient[40].IsEmpty.ShouldBeTrue();
        patient[40].Component(7).Subcomponent(2).ShouldBe("");
    }

    [Fact]
    public void The_header_counts_its_own_separator_as_field_one()
    {
        var header = Read(Order).Header;

        header[1].Text.ShouldBe("|");
        header[2].Text.ShouldBe("^~\\&");
        header[3].Text.ShouldBe("RIS");
        header[12].Text.ShouldBe("2.5.1");
    }

    [Fact]
    public void Escape_sequences_are_read_as_what_they_stand_for()
    {
        var message = Read(Order);

        message.First("OBR")![4].Component(2).Text.ShouldBe("CT Abdomen & Pelvis");
        message.First("NTE")![3].Text.ShouldBe("Fall from 3 m\nabdominal pain | guarding");
    }

    [Theory]
    [InlineData("\\E\\", "\\")]
    [InlineData("\\X41\\\\X0D\\b", "A\rb")]
    [InlineData("\\H\\bold\\N\\", "bold")]
    [InlineData("\\XE9\\", "\\XE9\\")] // a byte of an unknown set stays as written
    [InlineData("\\C2842\\", "\\C2842\\")]
    [InlineData("no end \\S", "no end \\S")]
    [InlineData("\\unknown\\S\\", "\\unknown^")] // what follows an unknown sequence is still read
    [InlineData("\\", "\\")]
    public void A_sequence_that_is_not_known_stays_as_written(string written, string text) =>
        Read($"MSH|^~\\&\rOBX|1|ST|||{written}\r").First("OBX")![5].Text.ShouldBe(text);

    [Fact]
    public void What_is_read_is_written_back_byte_for_byte() => Read(Order).ToString().ShouldBe(Order);

    [Fact]
    public void A_message_is_built_from_plain_text_and_read_back_the_same()
    {
        const string nasty = "a|b^c~d\\e&f\r\ng\\.br\\h";
        var sent = new Hl7Message(
            new Segment("MSH").With(9, "ORU", "R01", "ORU_R01").With(10, "7").With(12, "2.5.1"),
            new Segment("PID").WithRepetitions(3, ["1", "", "", "H"], ["2"]),
            new Segment("OBX").With(2, "TX").With(5, nasty));

        var read = Read(sent.ToString());

        read.Type.ShouldBe(("ORU", "R01"));
        read.First("PID")![3].Repetitions.Select(id => id.Component(4).Text).ShouldBe(["H", ""]);
        read.First("OBX")![5].Text.ShouldBe(nasty);
        read.Segments.Count.ShouldBe(3);
    }

    [Fact]
    public void A_sender_may_choose_its_own_delimiters()
    {
        var message = Read("MSH:*%!+:LAB\rPID:::1*a+b%2*c!S!d\r");

        message.First("PID")![3].Component(2).Subcomponent(2).ShouldBe("b");
        message.First("PID")![3].Repetitions[1].Component(2).Text.ShouldBe("c*d");
    }

    [Theory]
    [InlineData("MSH|^~\\&|A\nPID|1\n")]
    [InlineData("MSH|^~\\&|A\r\nPID|1\r\n")]
    [InlineData("MSH|^~\\&#|A\rPID|1")]
    public void Line_feeds_and_a_truncation_character_are_put_up_with(string text) => Read(text).First("PID")![1].Text.ShouldBe("1");

    [Theory]
    [InlineData("", "empty")]
    [InlineData("\r\r", "empty")]
    [InlineData("PID|1\r", "MSH")]
    [InlineData("MSH", "delimiters")]
    [InlineData("MSH|^~\\", "delimiters")]
    [InlineData("MSH|^^\\&|", "delimiters")]
    [InlineData("MSH||~\\&|", "delimiters")]
    [InlineData("MSHA~\\&^|", "delimiters")]
    [InlineData("MSH|^~\\&#!|", "delimiters")]
    [InlineData("MSH|^~\\&|\rpid|1\r", "Segment 2 of 2")]
    [InlineData("MSH|^~\\&|\rPIDX|1\r", "Segment 2 of 2")]
    [InlineData("MSH|^~\\&|\rMSH|^~\\&|\r", "second MSH")]
    public void What_is_no_message_is_refused_with_the_reason(string text, string because) =>
        Hl7Message.Parse(text).ShouldBeOfType<Hl7Reading.Malformed>().Because.ShouldContain(because);

    [Fact]
    public void A_message_cut_anywhere_is_read_or_refused_and_never_throws()
    {
        for (var cut = 0; cut < Order.Length; cut++) ReadAll(Order[..cut]);
    }

    [Fact]
    public void Damaged_messages_never_throw_and_what_is_read_is_written_back()
    {
        var random = new Random(20250301);
        const string likely = "|^~\\&\r\nMSHX0.br";
        var read = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var letters = Order.ToCharArray();
            for (var damage = random.Next(1, 6); damage > 0; damage--)
                letters[random.Next(letters.Length)] = random.Next(2) == 0 ? likely[random.Next(likely.Length)] : (char)random.Next(0, 0x250);
            if (ReadAll(new string(letters))) read++;
        }

        read.ShouldBeInRange(1, 19_999); // both ways were taken
    }

    private static bool ReadAll(string text)
    {
        if (Hl7Message.Parse(text) is not Hl7Reading.Read(var message)) return false;
        var parts = 0;
        foreach (var segment in message.Segments)
            for (var number = 1; number <= segment.Count; number++)
            {
                parts += segment[number].Text.Length + segment[number].Component(3).Subcomponent(2).Length;
                parts += segment[number].Repetitions.Sum(repetition => repetition.Component(2).Text.Length);
            }

        parts.ShouldBeGreaterThanOrEqualTo(0);
        var again = message.ToString();
        again.ShouldBe(string.Concat(text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(line => line + '\r')));
        return true;
    }

    private static Hl7Message Read(string text) => Hl7Message.Parse(text).ShouldBeOfType<Hl7Reading.Read>().Message;
}
