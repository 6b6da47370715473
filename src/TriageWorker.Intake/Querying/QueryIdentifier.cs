using TriageWorker.Dicom;
using TriageWorker.Dicom.Matching;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>What the identifier of a query asks for in the study root model, hierarchically (PS3.4, C.4.1.1.3, C.4.1.2.1 and C.6.2.1).</summary>
/// <param name="Keys">What has to match.</param>
/// <param name="Wanted">The attributes to answer with.</param>
/// <param name="IsHonoured">False: some key is neither matched nor answered with.</param>
internal sealed record QueryIdentifier(QueryLevel Level, IReadOnlyList<MatchKey> Keys, IReadOnlyList<DicomTag> Wanted, bool IsHonoured)
{
    private static readonly Dictionary<string, QueryLevel> s_levels = new(StringComparer.Ordinal)
    {
        ["STUDY"] = QueryLevel.Study, ["SERIES"] = QueryLevel.Series, ["IMAGE"] = QueryLevel.Instance,
    };

    private static readonly DicomTag[] s_uids = [DicomTag.StudyInstanceUID, DicomTag.SeriesInstanceUID, DicomTag.SOPInstanceUID];

    // They say how the identifier is to be read and are no keys (PS3.4, C.4.1.1.3.1).
    private static readonly DicomTag[] s_about = [DicomTag.QueryRetrieveLevel, DicomTag.SpecificCharacterSet, DicomTag.TimezoneOffsetFromUTC];

    /// <summary>The name of the level on the wire.</summary>
    public string LevelName => s_levels.First(level => level.Value == Level).Key;

    /// <summary>The unique keys of the level and of those above it.</summary>
    public IEnumerable<DicomTag> Uids => s_uids[..((int)Level + 1)];

    /// <exception cref="DimseRefusalException">It is no identifier of the model (A900).</exception>
    public static QueryIdentifier OfSearch(DicomDataset identifier)
    {
        var level = LevelOf(identifier);
        var (keys, wanted, isHonoured) = (new List<MatchKey>(), new List<DicomTag>(), true);
        foreach (var tag in identifier.Select(element => element.Tag).Where(tag => tag.Element != 0 && !s_about.Contains(tag)))
        {
            var text = identifier.GetSequence(tag).Count > 0 ? "*" : string.Join('\\', identifier.GetStrings(tag));
            var isHeld = QueryStore.Holds(tag, level);
            if (isHeld && Read(tag, text) is var match and not AttributeMatch.Any) keys.Add(new(tag, match));
            isHonoured &= IsAnswered(tag, level) && (isHeld || text.Trim('*').Length == 0);
            wanted.Add(tag);
        }

        foreach (var above in s_uids[..(int)level]) RequireOne(keys, above);
        return new QueryIdentifier(level, keys, wanted, isHonoured);
    }

    /// <summary>Of a retrieval only the unique keys count; that of the level may be a list.</summary>
    /// <exception cref="DimseRefusalException">It is no identifier of the model (A900).</exception>
    public static QueryIdentifier OfRetrieval(DicomDataset identifier)
    {
        var level = LevelOf(identifier);
        var keys = s_uids[..((int)level + 1)].Select(tag => new MatchKey(tag, Read(tag, string.Join('\\', identifier.GetStrings(tag))))).ToList();
        foreach (var above in s_uids[..(int)level]) RequireOne(keys, above);
        if (keys[^1].Match is not AttributeMatch.OneOf) throw Unfit($"{keys[^1].Tag.Keyword} is missing");
        return new QueryIdentifier(level, keys, [], IsHonoured: true);
    }

    private static bool IsAnswered(DicomTag tag, QueryLevel level) =>
        tag == DicomTag.ModalitiesInStudy || tag == DicomTag.NumberOfStudyRelatedSeries || tag == DicomTag.NumberOfStudyRelatedInstances ? level == QueryLevel.Study
        : tag == DicomTag.NumberOfSeriesRelatedInstances ? level == QueryLevel.Series
        : tag == DicomTag.InstanceAvailability || tag == DicomTag.RetrieveAETitle || QueryStore.Holds(tag, level);

    private static QueryLevel LevelOf(DicomDataset identifier) =>
        s_levels.TryGetValue(identifier.GetString(DicomTag.QueryRetrieveLevel) ?? "", out var level) ? level : throw Unfit("the level is STUDY, SERIES or IMAGE");

    private static AttributeMatch Read(DicomTag tag, string text) =>
        MatchReader.TryRead(tag, text, out var match) is { } because ? throw Unfit($"{tag.Keyword}: {because}") : match;

    private static void RequireOne(List<MatchKey> keys, DicomTag tag)
    {
        if (keys.Find(key => key.Tag == tag)?.Match is not AttributeMatch.OneOf { Values.Count: 1 }) throw Unfit($"one {tag.Keyword} has to be named");
    }

    private static DimseRefusalException Unfit(string because) => new(DimseStatus.DataSetDoesNotMatchSopClass, because);
}
