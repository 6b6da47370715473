using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Web;

/// <summary>Reads the list from the store and says it in the page's words.</summary>
internal sealed class WorklistReader(WorklistStore store)
{
    public const int PageSize = 50;

    public async Task<WorklistView> ReadAsync(WorklistCursor? after, CancellationToken stop)
    {
        // One row more than is shown tells whether a next page exists.
        var rows = await store.PageAsync(after, PageSize + 1, stop);
        var totals = await store.TotalsAsync(stop);
        var shown = rows.Take(PageSize).ToList();
        return new(Of(totals), [.. shown.Select(Of)], rows.Count > PageSize ? WorklistPosition.Write(shown[^1].Cursor) : null);
    }

    public static WorklistEntry Of(WorklistRow row)
    {
        var state = StateOf(row.State);
        return new(row.Study.Value, row.Position, row.PositionWithoutFlag, state, row.Level, state == StudyState.Waiting ? WaitsFor(row) : row.Because,
            row.Flags, row.Demonstration, row.Order, row.ArrivedAt)
        {
            PatientName = PersonName.Read(row.PatientName),
            PatientId = row.PatientId,
            BirthDate = DicomDate.Read(row.BirthDate),
            Sex = row.Sex,
            Accession = row.Accession,
            Description = row.Description,
            StudyDate = DicomDate.Read(row.StudyDate),
            Images = row.Images,
        };
    }

    public static StudyState StateOf(string column) => column switch
    {
        "waiting" => StudyState.Waiting,
        "positive" => StudyState.Positive,
        "negative" => StudyState.Negative,
        "not_analysed" => StudyState.NotAnalysed,
        _ => throw new InvalidOperationException($"worklist.state holds \"{column}\", which this version does not know."),
    };

    private static string WaitsFor(WorklistRow row) => row.ClosedAt is null
        ? $"{row.Images} images so far, more may come."
        : $"Complete with {row.Images} images, waiting to be scored.";

    private static WorklistTotals Of(IReadOnlyList<WorklistTotal> totals)
    {
        return new(Count("waiting"), Count("positive", FlagLevel.High), Count("positive", FlagLevel.Medium), Count("negative"), Count("not_analysed"),
            totals.Where(total => total.Demonstration).Sum(total => total.Studies));

        long Count(string state, FlagLevel level = FlagLevel.None) =>
            totals.Where(total => total.State == state && total.Level == level).Sum(total => total.Studies);
    }
}
