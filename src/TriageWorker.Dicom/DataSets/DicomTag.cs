using System.Globalization;
using TriageWorker.Dicom.Dictionary;

namespace TriageWorker.Dicom;

/// <summary>
/// The number of an attribute (PS3.5, 7.1). All attributes of PS3.6 have a property here; of repeating groups it is the first
/// one, the others are <c>DicomTag.OverlayRows with { Group = 0x6002 }</c>.
/// </summary>
public readonly partial record struct DicomTag(ushort Group, ushort Element) : IComparable<DicomTag>
{
    public DicomTag(uint value)
        : this((ushort)(value >> 16), (ushort)value)
    {
    }

    /// <summary>Group and element as one number; the order of attributes in a data set.</summary>
    public uint Value => ((uint)Group << 16) | Element;

    /// <summary>Odd groups belong to manufacturers (PS3.5, 7.8).</summary>
    public bool IsPrivate => (Group & 1) == 1;

    /// <summary>Reserves a block of elements for a manufacturer: (gggg,0010-00FF) in an odd group.</summary>
    public bool IsPrivateCreator => IsPrivate && Element is >= 0x0010 and <= 0x00FF;

    /// <summary>Retired length of a whole group, (gggg,0000).</summary>
    public bool IsGroupLength => Element == 0;

    /// <summary>The keyword of PS3.6, or null for what the standard does not know.</summary>
    public string? Keyword => DicomDictionary.Find(this)?.Keyword is { Length: > 0 } keyword ? keyword : null;

    /// <summary>Reads <c>00100010</c>, <c>0010,0010</c>, <c>(0010,0010)</c> or a keyword.</summary>
    public static bool TryParse(string? text, out DicomTag tag)
    {
        var digits = (text ?? "").Trim().Trim('(', ')').Replace(",", "", StringComparison.Ordinal);
        if (digits.Length == 8 && uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            tag = new DicomTag(value);
            return true;
        }
        return DicomDictionary.TryFindKeyword(digits, out tag);
    }

    public int CompareTo(DicomTag other) => Value.CompareTo(other.Value);

    public static bool operator <(DicomTag left, DicomTag right) => left.Value < right.Value;

    public static bool operator >(DicomTag left, DicomTag right) => left.Value > right.Value;

    public static bool operator <=(DicomTag left, DicomTag right) => left.Value <= right.Value;

    public static bool operator >=(DicomTag left, DicomTag right) => left.Value >= right.Value;

    /// <summary>(gggg,eeee) and the keyword: what log lines and messages say.</summary>
    public override string ToString() => Keyword is { } keyword ? $"({Group:X4},{Element:X4}) {keyword}" : $"({Group:X4},{Element:X4})";
}
