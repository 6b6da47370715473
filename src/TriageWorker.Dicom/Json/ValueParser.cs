using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using TriageWorker.Dicom.Text;

namespace TriageWorker.Dicom.Json;

/// <summary>Reads what an attribute holds, by its value representation (PS3.18, table F.2.3-1).</summary>
internal sealed class ValueParser(AttributePath path)
{
    /// <summary>Stands on the bracket that opens the array, leaves on the one that closes it.</summary>
    internal DicomElement ReadArray(ref Utf8JsonReader reader, DicomTag tag, DicomVR vr)
    {
        if (vr.IsInlineBinary) throw JsonFault.Refused($"expected InlineBinary or BulkDataURI for {vr}", path);
        if (vr.IsText) return Text(tag, vr, JoinTexts(ref reader, vr));
        var bytes = new ArrayBufferWriter<byte>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) ReadNumber(ref reader, vr, bytes);
        return new DicomElement(tag, vr, bytes.WrittenMemory);
    }

    internal DicomElement ReadInlineBinary(ref Utf8JsonReader reader, DicomTag tag, DicomVR vr)
    {
        if (vr.IsText || vr == DicomVR.SQ) throw JsonFault.Refused($"{vr} has no InlineBinary (PS3.18, F.2.2)", path);
        if (reader.TokenType != JsonTokenType.String || !reader.TryGetBytesFromBase64(out var bytes)) throw JsonFault.Expected("InlineBinary as base64", reader.TokenType, path);
        return new DicomElement(tag, vr, bytes);
    }

    internal DicomElement ReadReference(ref Utf8JsonReader reader, DicomTag tag, DicomVR vr)
    {
        if (vr == DicomVR.SQ) throw JsonFault.Refused("a sequence has no BulkDataURI (PS3.18, F.2.2)", path);
        if (reader.TokenType != JsonTokenType.String || !Uri.TryCreate(TextOf(ref reader), UriKind.RelativeOrAbsolute, out var address) || address.OriginalString.Length == 0)
            throw JsonFault.Expected("BulkDataURI as the address of a value", reader.TokenType, path);
        return new DicomElement(tag, vr, address);
    }

    /// <summary>A name, a string, or a number's digits.</summary>
    internal string TextOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number) return Encoding.ASCII.GetString(reader.GetBytes());
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException broken) // an escaped surrogate without its other half, or bytes that are no UTF-8
        {
            throw new DicomJsonException("expected text in UTF-8", path.ToString(), broken);
        }
    }

    private DicomElement Text(DicomTag tag, DicomVR vr, string text)
    {
        if (vr.FollowsCharacterSet) return new DicomElement(tag, vr, DatasetAuthoring.Padded(Encoding.UTF8.GetBytes(text), vr)) { CharacterSet = CharacterSet.Utf8 };
        if (text.AsSpan().ContainsAnyExceptInRange('\0', '\u00FF')) throw JsonFault.Refused($"characters that {vr} cannot hold (PS3.5, 6.1.2.2)", path);
        return new DicomElement(tag, vr, DatasetAuthoring.Padded(Encoding.Latin1.GetBytes(text), vr));
    }

    /// <summary>Values with the backslash between them that DICOM has. One within a value separates values from here on (F.2.4).</summary>
    private string JoinTexts(ref Utf8JsonReader reader, DicomVR vr)
    {
        var text = new StringBuilder();
        for (var count = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            if (count > 0) text.Append(vr.IsSingleValuedText ? throw JsonFault.Refused($"expected one value: {vr} never has more", path) : '\\');
            text.Append(reader.TokenType switch
            {
                JsonTokenType.Null => "", // F.2.5
                JsonTokenType.Number when vr is DicomVR.DS or DicomVR.IS => NumberText(ref reader, vr),
                JsonTokenType.StartObject when vr == DicomVR.PN => ReadName(ref reader),
                JsonTokenType.String => TextOf(ref reader),
                var other => throw JsonFault.Expected(vr switch
                {
                    DicomVR.PN => "a name as an object of component groups",
                    DicomVR.DS or DicomVR.IS => "a number or a string",
                    _ => "a string",
                }, other, path),
            });
        }
        return text.ToString();
    }

    private string ReadName(ref Utf8JsonReader reader)
    {
        var groups = new string[PersonName.Groups.Length];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var group = Array.IndexOf(PersonName.Groups, TextOf(ref reader));
            if (group < 0 || groups[group] is not null) throw JsonFault.Refused("expected Alphabetic, Ideographic or Phonetic, each once, within a name", path);
            reader.Read();
            groups[group] = reader.TokenType switch
            {
                JsonTokenType.String => TextOf(ref reader),
                JsonTokenType.Null => "",
                var other => throw JsonFault.Expected("a component group as a string", other, path),
            };
        }
        return string.Join('=', groups).TrimEnd('=');
    }

    /// <summary>The digits as they stand, unless there are more than a DS may have.</summary>
    private string NumberText(ref Utf8JsonReader reader, DicomVR vr)
    {
        if (reader.GetLength() <= 16) return Encoding.ASCII.GetString(reader.GetBytes());
        if (vr == DicomVR.DS && reader.TryGetDouble(out var value) && double.IsFinite(value)) return DatasetAuthoring.DecimalString(value);
        throw JsonFault.Expected($"a number that {vr} can hold", reader.TokenType, path);
    }

    private void ReadNumber(ref Utf8JsonReader reader, DicomVR vr, ArrayBufferWriter<byte> bytes)
    {
        const int longest = 64;
        var text = reader.TokenType is JsonTokenType.Number or JsonTokenType.String && reader.GetLength() <= longest ? TextOf(ref reader) : null;
        switch (vr)
        {
            case DicomVR.AT when reader.TokenType == JsonTokenType.String && text is { Length: 8 }
                && uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var tag):
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.GetSpan(4), (ushort)(tag >> 16));
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.GetSpan(4)[2..], (ushort)tag);
                bytes.Advance(4);
                break;
            case DicomVR.FL when RealOf(text) is { } real && (float)real is var single && float.IsFinite(single) == double.IsFinite(real):
                BinaryPrimitives.WriteSingleLittleEndian(bytes.GetSpan(4), single);
                bytes.Advance(4);
                break;
            case DicomVR.FD when RealOf(text) is { } real:
                BinaryPrimitives.WriteDoubleLittleEndian(bytes.GetSpan(8), real);
                bytes.Advance(8);
                break;
            default:
                if (vr.Integer is not { } range) throw JsonFault.Expected(vr == DicomVR.AT ? "a tag of eight hexadecimal digits" : $"a number that {vr} can hold", reader.TokenType, path);
                if (IntegerOf(text) is not { } whole || whole < range.Least || whole > range.Most) throw JsonFault.Expected($"a whole number that {vr} can hold", reader.TokenType, path);
                BinaryPrimitives.WriteInt128LittleEndian(bytes.GetSpan(16), whole); // the lower bytes are the value, the upper its sign
                bytes.Advance(range.Size);
                break;
        }
    }

    private static double? RealOf(string? text) => text switch
    {
        "inf" or "+inf" => double.PositiveInfinity, // what other writers call it
        "-inf" => double.NegativeInfinity,
        "nan" => double.NaN,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && (double.IsFinite(real) || !char.IsAsciiDigit(text[^1])) ? real : null,
    };

    /// <summary>5 and also 5.0 and 5e0, which are the same number in JSON.</summary>
    private static Int128? IntegerOf(string? text)
    {
        if (Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return whole;
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) && decimal.IsInteger(exact) ? (Int128)exact : null;
    }
}
