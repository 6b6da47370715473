using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace TriageWorker.Dicom;

/// <summary>Bytes → text and numbers, by value representation.</summary>
internal static class ValueDecoder
{
    private static readonly char[] Padding = [' ', '\0'];

    internal static IReadOnlyList<string> Strings(DicomElement element, DicomDataset dataset)
    {
        if (element.Length == 0 || element.VR == DicomVR.SQ) return [];
        if (!element.VR.IsText) return [.. Words(element).Select(word => word.Text)];
        var bytes = element.Bytes.Span;
        var set = element.CharacterSet ?? dataset.CharacterSet;
        var text = element.VR.FollowsCharacterSet ? set.Decode(bytes, element.VR) : Encoding.Latin1.GetString(bytes);
        if (element.VR.IsSingleValuedText) return text.TrimEnd(Padding) is { Length: > 0 } whole ? [whole] : [];
        text = text.TrimEnd(Padding);
        return text.Length == 0 ? [] : [.. text.Split('\\').Select(value => value.Trim(Padding))];
    }

    internal static IReadOnlyList<double> Numbers(DicomElement element, DicomDataset dataset)
    {
        if (!element.VR.IsText) return [.. Words(element).Select(word => word.Number)];
        var texts = Strings(element, dataset);
        var numbers = new double[texts.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!double.TryParse(texts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i])) return [];
        }
        return numbers;
    }

    private readonly record struct Word(double Number, string Text);

    private static Word Whole(long value) => new(value, value.ToString(CultureInfo.InvariantCulture));

    private static Word Real(double value, string text) => new(value, text);

    private static List<Word> Words(DicomElement element)
    {
        var words = new List<Word>();
        if (element.VR is DicomVR.OB or DicomVR.UN or DicomVR.None || element.IsEncapsulated) return words; // bytes without a meaning of their own
        var size = element.VR == DicomVR.AT ? 4 : element.VR.WordSize;
        for (var rest = element.Bytes.Span; rest.Length >= size; rest = rest[size..]) words.Add(Read(rest, element.VR));
        return words;
    }

    private static Word Read(ReadOnlySpan<byte> at, DicomVR vr) => vr switch
    {
        DicomVR.US or DicomVR.OW => Whole(BinaryPrimitives.ReadUInt16LittleEndian(at)),
        DicomVR.SS => Whole(BinaryPrimitives.ReadInt16LittleEndian(at)),
        DicomVR.UL or DicomVR.OL => Whole(BinaryPrimitives.ReadUInt32LittleEndian(at)),
        DicomVR.SL => Whole(BinaryPrimitives.ReadInt32LittleEndian(at)),
        DicomVR.SV => Whole(BinaryPrimitives.ReadInt64LittleEndian(at)),
        DicomVR.UV or DicomVR.OV => BinaryPrimitives.ReadUInt64LittleEndian(at) is var big ? Real(big, big.ToString(CultureInfo.InvariantCulture)) : default,
        DicomVR.FL or DicomVR.OF => BinaryPrimitives.ReadSingleLittleEndian(at) is var single ? Real(single, single.ToString("R", CultureInfo.InvariantCulture)) : default,
        DicomVR.FD or DicomVR.OD => BinaryPrimitives.ReadDoubleLittleEndian(at) is var real ? Real(real, real.ToString("R", CultureInfo.InvariantCulture)) : default,
        _ => Tag(at),
    };

    /// <summary>AT: two words, group first (PS3.5, 6.2).</summary>
    private static Word Tag(ReadOnlySpan<byte> at)
    {
        var value = ((uint)BinaryPrimitives.ReadUInt16LittleEndian(at) << 16) | BinaryPrimitives.ReadUInt16LittleEndian(at[2..]);
        return new Word(value, value.ToString("X8", CultureInfo.InvariantCulture));
    }
}
