namespace TriageWorker.Hl7;

/// <summary>What came of reading a message: the message, or what is wrong with it.</summary>
public abstract record Hl7Reading
{
    private Hl7Reading()
    {
    }

    public sealed record Read(Hl7Message Message) : Hl7Reading;

    /// <summary><paramref name="Because"/> says which segment is wrong and how, without quoting its content.</summary>
    public sealed record Malformed(string Because) : Hl7Reading;
}

/// <summary>An HL7 version 2 message in its vertical-bar encoding (HL7 2.5.1, 2.6).</summary>
public sealed class Hl7Message
{
    /// <exception cref="ArgumentException">The first segment is not MSH, or a segment was made with other delimiters.</exception>
    public Hl7Message(params IReadOnlyList<Segment> segments)
    {
        if (segments.Count == 0 || segments[0].Name != Segment.HeaderName) throw new ArgumentException("A message starts with MSH.", nameof(segments));
        if (segments.Any(segment => segment.Delimiters != segments[0].Delimiters))
            throw new ArgumentException("All segments of a message share the delimiters of its MSH.", nameof(segments));
        Segments = segments;
    }

    public IReadOnlyList<Segment> Segments { get; }

    public Segment Header => Segments[0];

    /// <summary>Message type, trigger event: MSH-9.1 and MSH-9.2.</summary>
    public (string Type, string Trigger) Type => (Header[9].Component(1).Text, Header[9].Component(2).Text);

    /// <summary>MSH-10, which an acknowledgement repeats in MSA-2.</summary>
    public string ControlId => Header[10].Text;

    /// <summary>The first segment of that name, if there is one.</summary>
    public Segment? First(string name) => Segments.FirstOrDefault(segment => segment.Name == name);

    public IEnumerable<Segment> All(string name) => Segments.Where(segment => segment.Name == name);

    /// <summary>As on the wire: each segment ends in a carriage return.</summary>
    public override string ToString() => string.Concat(Segments.Select(segment => $"{segment}\r"));

    /// <summary>
    /// Reads a message. Line feeds are taken for segment ends too, since files and some senders write them.
    /// Unknown segments, fields and versions are kept; nothing is judged but the form.
    /// </summary>
    public static Hl7Reading Parse(string text)
    {
        var lines = text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0) return new Hl7Reading.Malformed("The message is empty.");
        if (!lines[0].StartsWith(Segment.HeaderName, StringComparison.Ordinal)) return new Hl7Reading.Malformed("The message does not start with MSH.");
        if (!Delimiters.TryRead(lines[0], out var delimiters))
            return new Hl7Reading.Malformed("MSH-1 and MSH-2 do not declare four or five different delimiters.");
        var segments = new Segment[lines.Length];
        for (var i = 0; i < lines.Length; i++)
        {
            if (!Segment.TryRead(lines[i], delimiters, out var segment))
                return new Hl7Reading.Malformed($"Segment {i + 1} of {lines.Length} does not start with a segment name.");
            if (i > 0 && segment!.Name == Segment.HeaderName)
                return new Hl7Reading.Malformed($"Segment {i + 1} of {lines.Length} is a second MSH: two messages in one.");
            segments[i] = segment!;
        }

        return new Hl7Reading.Read(new Hl7Message(segments));
    }
}
