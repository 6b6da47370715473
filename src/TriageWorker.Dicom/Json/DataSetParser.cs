using System.Globalization;
using System.Text.Json;

namespace TriageWorker.Dicom.Json;

/// <summary>
/// Reads one DICOM JSON Model object (PS3.18, F.2.2) from text that is there as a whole. Group lengths, commands and file meta
/// information are passed over: they speak of an encoding that is not here.
/// </summary>
internal sealed class DataSetParser(DicomJsonReadOptions options, AttributePath path)
{
    private const int TagDigits = 8;

    private readonly ValueParser _values = new(path);

    /// <summary>Reads a text that holds one object and nothing else.</summary>
    internal static DicomDataset Parse(ref Utf8JsonReader reader, DicomJsonReadOptions options, AttributePath path)
    {
        try
        {
            reader.Read();
            var dataset = new DataSetParser(options, path).Read(ref reader);
            reader.Read(); // throws when something follows
            return dataset;
        }
        catch (JsonException broken)
        {
            throw JsonFault.NoJson(broken, path);
        }
    }

    /// <summary>Stands on the object's first brace, leaves on its last.</summary>
    private DicomDataset Read(ref Utf8JsonReader reader, DicomDataset? parent = null, int depth = 0)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw JsonFault.Expected("a data set as an object", reader.TokenType, path);
        var dataset = new DicomDataset { Parent = parent };
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var tag = TagOf(ref reader);
            path.Enter(tag);
            reader.Read();
            var element = ReadAttribute(ref reader, tag, dataset, depth);
            if (dataset.Contains(tag)) throw JsonFault.Refused("the attribute is there twice", path);
            if (!tag.IsGroupLength && tag.Group is not (0x0000 or 0x0002)) dataset.Set(element);
            path.Leave();
        }
        return dataset;
    }

    private DicomTag TagOf(ref Utf8JsonReader reader) =>
        _values.TextOf(ref reader) is { Length: TagDigits } digits && uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? new DicomTag(value)
            : throw JsonFault.Refused("expected a tag of eight hexadecimal digits as the name of an attribute", path);

    private DicomElement ReadAttribute(ref Utf8JsonReader reader, DicomTag tag, DicomDataset dataset, int depth)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw JsonFault.Expected("an attribute as an object", reader.TokenType, path);
        DicomVR? vr = null;
        DicomElement? element = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = _values.TextOf(ref reader);
            if (name != "vr")
            {
                if (element is not null) throw JsonFault.Refused("expected at most one of Value, BulkDataURI and InlineBinary (PS3.18, F.2.2)", path);
                element = ReadContent(ref reader, name, tag, vr ??= LookAhead(reader), dataset, depth);
            }
            else if (vr is null) vr = Representation(ref reader);
            else reader.Skip(); // looked ahead for already
        }
        if (element is not null) return element;
        return (vr ?? throw JsonFault.Refused("expected vr", path)) == DicomVR.SQ
            ? new DicomElement(tag, Array.Empty<DicomDataset>())
            : new DicomElement(tag, vr.Value, default(ReadOnlyMemory<byte>));
    }

    private DicomElement ReadContent(ref Utf8JsonReader reader, string name, DicomTag tag, DicomVR vr, DicomDataset dataset, int depth)
    {
        reader.Read();
        switch (name)
        {
            case "InlineBinary": return _values.ReadInlineBinary(ref reader, tag, vr);
            case "BulkDataURI": return _values.ReadReference(ref reader, tag, vr);
            case "Value" when reader.TokenType != JsonTokenType.StartArray: throw JsonFault.Expected("Value as an array", reader.TokenType, path);
            case "Value" when vr == DicomVR.SQ: return new DicomElement(tag, ReadItems(ref reader, dataset, depth));
            case "Value": return _values.ReadArray(ref reader, tag, vr);
            default: throw JsonFault.Refused("expected vr, Value, BulkDataURI or InlineBinary as a name within an attribute", path);
        }
    }

    private List<DicomDataset> ReadItems(ref Utf8JsonReader reader, DicomDataset parent, int depth)
    {
        if (depth >= options.MaxDepth) throw JsonFault.Refused($"sequences are nested deeper than {options.MaxDepth}", path);
        var items = new List<DicomDataset>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            path.EnterItem(items.Count);
            items.Add(Read(ref reader, parent, depth + 1));
        }
        path.LeaveItems();
        return items;
    }

    private DicomVR Representation(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String) throw JsonFault.Expected("vr as a string", reader.TokenType, path);
        return _values.TextOf(ref reader) is [<= 'Z' and var first, <= 'Z' and var second] && (DicomVR)((first << 8) | second) is { IsKnown: true } vr
            ? vr
            : throw JsonFault.Refused("expected a value representation of PS3.5, 6.2, as vr", path);
    }

    /// <summary>Names within an object have no order: when the value comes first, its representation is looked for behind it: one more look at the value for each level of nesting.</summary>
    private DicomVR LookAhead(Utf8JsonReader reader)
    {
        do reader.Skip();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName && _values.TextOf(ref reader) != "vr");
        return reader.TokenType == JsonTokenType.PropertyName ? Representation(ref reader) : throw JsonFault.Refused("expected vr", path);
    }
}
