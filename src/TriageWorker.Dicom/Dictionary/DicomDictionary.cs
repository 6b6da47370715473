using System.Text;

namespace TriageWorker.Dicom.Dictionary;

/// <summary>An attribute as PS3.6 lists it.</summary>
/// <param name="Keyword">Empty for a few retired attributes without a name.</param>
/// <param name="VRs">One, or those between which other attributes decide.</param>
/// <param name="Multiplicity">1, 1-n, 2-2n …</param>
/// <param name="IsRetired">No longer part of the standard; files still hold it.</param>
public sealed record DictionaryEntry(string Keyword, string Name, IReadOnlyList<DicomVR> VRs, string Multiplicity, bool IsRetired);

/// <summary>The data dictionary of PS3.6. Looks up in sorted read-only tables, so that it costs nothing until it is asked.</summary>
public static class DicomDictionary
{
    private static readonly DicomVR[] LengthVr = [DicomVR.UL], CreatorVr = [DicomVR.LO];

    /// <summary>The attribute, or null when PS3.6 has none with this tag.</summary>
    public static DictionaryEntry? Find(DicomTag tag)
    {
        if (FindRow(tag.Value) is not { } row) return null;
        var line = Lines.At(DictionaryTable.Text, DictionaryTable.TextOffsets[row]);
        var tabulator = line.IndexOf((byte)'\t');
        return new DictionaryEntry(
            Encoding.UTF8.GetString(line[..tabulator]),
            Encoding.UTF8.GetString(line[(tabulator + 1)..]),
            DictionaryTable.Vrs[DictionaryTable.VrIndex[row]],
            DictionaryTable.Multiplicities[DictionaryTable.MultiplicityIndex[row]],
            DictionaryTable.Retired[row] != 0);
    }

    /// <summary>The value representations that the tag may have; none when the standard does not know it.</summary>
    public static ReadOnlySpan<DicomVR> VRsOf(DicomTag tag)
    {
        if (tag.IsPrivateCreator) return CreatorVr;
        if (FindRow(tag.Value) is { } row) return DictionaryTable.Vrs[DictionaryTable.VrIndex[row]];
        return tag.IsGroupLength ? LengthVr : [];
    }

    /// <summary>The tag with this keyword (case counts).</summary>
    public static bool TryFindKeyword(string keyword, out DicomTag tag)
    {
        tag = default;
        if (string.IsNullOrEmpty(keyword)) return false;
        var wanted = Encoding.UTF8.GetBytes(keyword);
        int low = 0, high = DictionaryTable.ByKeyword.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var row = DictionaryTable.ByKeyword[middle];
            var line = Lines.At(DictionaryTable.Text, DictionaryTable.TextOffsets[row]);
            var order = line[..line.IndexOf((byte)'\t')].SequenceCompareTo(wanted);
            if (order == 0)
            {
                tag = new DicomTag(DictionaryTable.Tags[row]);
                return true;
            }
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return false;
    }

    private static int? FindRow(uint tag)
    {
        var row = DictionaryTable.Tags[..DictionaryTable.FirstMasked].BinarySearch(tag);
        if (row >= 0) return row;
        if ((tag & 0x0001_0000) != 0) return null; // odd groups repeat nothing: (6001,0010) is private
        for (var i = 0; i < DictionaryTable.Masks.Length; i++)
            if (((tag ^ DictionaryTable.Tags[DictionaryTable.FirstMasked + i]) & DictionaryTable.Masks[i]) == 0)
                return DictionaryTable.FirstMasked + i;
        return null;
    }
}
