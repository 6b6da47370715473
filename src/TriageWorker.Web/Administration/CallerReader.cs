using TriageWorker.Dicom;
using TriageWorker.Store;

namespace TriageWorker.Web;

/// <summary>Reads callers from the store and says them in the page's words.</summary>
internal sealed class CallerReader(CallerStore callers, RefusedCallerStore refused)
{
    private const int MostRefused = 100;
    private static readonly TimeSpan Lately = TimeSpan.FromDays(7);

    public async Task<CallersView> ReadAsync(CancellationToken stop) =>
        new([.. (await CallerLink.ReadAsync(callers, stop)).Select(Of)], await refused.NewestAsync(Lately, MostRefused, stop));

    /// <summary>Null when nobody has called so.</summary>
    public async Task<CallerView?> FindAsync(string title, CancellationToken stop) =>
        (await CallerLink.ReadAsync(callers, stop)).FirstOrDefault(link => link.Row.Who.Title == title) is { } found ? Of(found) : null;

    private static CallerView Of(CallerLink link)
    {
        var (row, who) = (link.Row, link.Row.Who);
        return new(who.Title, who.Name, who.Address, who.Implementation, who.IsSecured, row.FirstAt, row.LastAt, row.LastObjectAt, Of(link.Day), Of(link.Week),
            link.ObjectsPerSecond, link.WaitPerImage?.TotalMilliseconds, who.PduSent, who.PduTaken,
            [.. link.Syntaxes.Select(syntax => new SyntaxView(syntax.TransferSyntax, TransferSyntax.Of(syntax.TransferSyntax).Name, syntax.Objects))], link.Verdicts,
            [.. link.Hours.Select(hour => new HourView(hour.Hour, hour.Volume.Associations, hour.Volume.Aborted, hour.Volume.Studies, hour.Volume.Objects, hour.Volume.Bytes))]);
    }

    private static VolumeView Of(CallerVolume volume) => new(volume.Associations, volume.Aborted, volume.Studies, volume.Objects, volume.Refused, volume.Bytes);
}
