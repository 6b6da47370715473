using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>What of a study may be scored now.</summary>
/// <param name="IsClosed">The study is complete.</param>
/// <param name="Cut">Series with images that are left out, because others of them were removed.</param>
public sealed record ScorableImages(bool IsClosed, IReadOnlyList<InstanceRow> Instances, IReadOnlyList<CutSeries> Cut);

/// <summary>A series that lost images to retention and has others, which came later: not what was scored, and no series by themselves.</summary>
/// <param name="Missing">Removed, and not there again.</param>
/// <param name="Because">A sentence's beginning: <c>they are older than 30 days</c>.</param>
public sealed record CutSeries(SeriesUid Uid, int Missing, string Because);
