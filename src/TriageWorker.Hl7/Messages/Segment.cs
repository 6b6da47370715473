namespace TriageWorker.Hl7;

/// <summary>A segment: a name of three characters and its fields, counted from 1. A segment never changes; setting a field gives a new one.</summary>
public sealed class Segment
{
    internal const string HeaderName = "MSH";
    private readonly string[] _fields; // [0] is the name; of MSH, [1] is the field separator itself (HL7 2.5.1, 2.15.9.1)

    private Segment(string[] fields, Delimiters delimiters) => (_fields, Delimiters) = (fields, delimiters);

    /// <summary>An empty segment. <c>MSH</c> comes with MSH-1 and MSH-2.</summary>
    /// <exception cref="ArgumentException">A name is three upper-case letters or digits, the first a letter.</exception>
    public Segment(string name, Delimiters? delimiters = null)
    {
        if (!IsName(name)) throw new ArgumentException($"\"{name}\" is no segment name.", nameof(name));
        Delimiters = delimiters ?? Delimiters.Standard;
        _fields = name == HeaderName ? [name, $"{Delimiters.Field}", Delimiters.EncodingCharacters] : [name];
    }

    public string Name => _fields[0];

    public Delimiters Delimiters { get; }

    /// <summary>The number of the last field that is written.</summary>
    public int Count => _fields.Length - 1;

    /// <summary>Field <paramref name="number"/>, counted from 1; empty when the segment does not reach so far.</summary>
    public Field this[int number]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
            return new(number < _fields.Length ? _fields[number] : "", Delimiters) { IsLiteral = Name == HeaderName && number <= 2 };
        }
    }

    /// <summary>The same segment with one field set to one repetition of these components, each plain text.</summary>
    public Segment With(int field, params string[] components) => WithRepetitions(field, components);

    /// <summary>The same segment with one field set to these repetitions, each a list of components in plain text.</summary>
    public Segment WithRepetitions(int field, params IReadOnlyList<IReadOnlyList<string>> repetitions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(field, Name == HeaderName ? 3 : 1);
        string[] fields = [.. _fields, .. Enumerable.Repeat("", Math.Max(0, field + 1 - _fields.Length))];
        fields[field] = string.Join(Delimiters.Repetition, repetitions.Select(components =>
            string.Join(Delimiters.Component, components.Select(text => EscapedText.Write(text, Delimiters)))));
        return new(fields, Delimiters);
    }

    /// <summary>As on the wire, without its ending carriage return.</summary>
    public override string ToString() => Name == HeaderName
        ? Name + _fields[1] + string.Join(Delimiters.Field, _fields[2..])
        : string.Join(Delimiters.Field, _fields);

    internal static bool TryRead(string line, Delimiters delimiters, out Segment? segment)
    {
        segment = null;
        var fields = line.Split(delimiters.Field);
        if (!IsName(fields[0])) return false;
        if (fields[0] == HeaderName) fields = [HeaderName, $"{delimiters.Field}", .. fields[1..]];
        segment = new(fields, delimiters);
        return true;
    }

    private static bool IsName(string name) =>
        name.Length == 3 && char.IsAsciiLetterUpper(name[0]) && name.All(letter => char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter));
}
