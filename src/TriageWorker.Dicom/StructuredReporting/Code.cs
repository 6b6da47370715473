namespace TriageWorker.Dicom.StructuredReporting;

/// <summary>A coded meaning (PS3.3, 8.8): code value, coding scheme designator, code meaning.</summary>
public sealed record Code(string Value, string Scheme, string Meaning)
{
    private const int ShortCode = 16, LongestMeaning = 64; // SH and LO, PS3.5 table 6.2-1

    /// <summary>The item of a code sequence. A meaning beyond 64 characters is cut and ends in "..."; a long code takes Long Code Value.</summary>
    public DicomDataset ToItem() => new DicomDataset()
        .Set(Value.Length <= ShortCode ? DicomTag.CodeValue : DicomTag.LongCodeValue, Value)
        .Set(DicomTag.CodingSchemeDesignator, Scheme)
        .Set(DicomTag.CodeMeaning, Cut(Meaning));

    /// <summary>Reads the item of a code sequence; null when it lacks a value.</summary>
    public static Code? Of(DicomDataset? item)
    {
        var value = item?.GetString(DicomTag.CodeValue) ?? item?.GetString(DicomTag.LongCodeValue) ?? item?.GetString(DicomTag.URNCodeValue);
        if (item is null || value is null) return null;
        return new Code(value, item.GetString(DicomTag.CodingSchemeDesignator) ?? "", item.GetString(DicomTag.CodeMeaning) ?? "");
    }

    /// <summary>Whether the meaning has to be cut.</summary>
    public bool MeaningIsCut => Meaning.Length > LongestMeaning;

    private static string Cut(string meaning) => meaning.Length <= LongestMeaning ? meaning : string.Concat(meaning.AsSpan(0, LongestMeaning - 3), "...");
}
