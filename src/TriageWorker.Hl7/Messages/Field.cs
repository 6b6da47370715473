namespace TriageWorker.Hl7;

/// <summary>One field of a segment, kept as written and taken apart when asked. Absent parts are empty, never an error.</summary>
/// <param name="Raw">As on the wire, escape sequences included.</param>
public readonly record struct Field(string Raw, Delimiters Delimiters)
{
    /// <summary>Literal fields are MSH-1 and MSH-2: they are the delimiters, not text between them.</summary>
    internal bool IsLiteral { get; init; }

    public bool IsEmpty => string.IsNullOrEmpty(Raw);

    /// <summary>The first subcomponent of the first component of the first repetition, unescaped.</summary>
    public string Text => IsLiteral ? Raw : Component(1).Text;

    public IReadOnlyList<Repetition> Repetitions
    {
        get
        {
            var delimiters = Delimiters;
            return IsLiteral ? [] : [.. Raw.Split(delimiters.Repetition).Select(raw => new Repetition(raw, delimiters))];
        }
    }

    /// <summary>Component <paramref name="number"/>, counted from 1, of the first repetition.</summary>
    public Component Component(int number) => IsLiteral ? default : new Repetition(Part.Of(Raw, Delimiters.Repetition, 1), Delimiters).Component(number);
}

/// <summary>One of the values that a field repeats.</summary>
public readonly record struct Repetition(string Raw, Delimiters Delimiters)
{
    public string Text => Component(1).Text;

    /// <summary>Component <paramref name="number"/>, counted from 1.</summary>
    public Component Component(int number) => new(Part.Of(Raw, Delimiters.Component, number), Delimiters);
}

/// <summary>One component: usually text, sometimes subcomponents.</summary>
public readonly record struct Component(string Raw, Delimiters Delimiters)
{
    public string Text => Subcomponent(1);

    /// <summary>Subcomponent <paramref name="number"/>, counted from 1, unescaped.</summary>
    public string Subcomponent(int number) => Raw is null ? "" : EscapedText.Read(Part.Of(Raw, Delimiters.Subcomponent, number), Delimiters);
}

internal static class Part
{
    /// <summary>Part <paramref name="number"/>, counted from 1, of what a delimiter divides; empty when there is no such part.</summary>
    public static string Of(string raw, char delimiter, int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        foreach (var range in raw.AsSpan().Split(delimiter))
            if (--number == 0) return raw[range];
        return "";
    }
}
