using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using TriageWorker.Store;
using TriageWorker.Web.Pages;

namespace TriageWorker.Web;

/// <summary><c>/admin/spool</c>: room, backlog, quarantine, reconciliation and retention, of every spool.</summary>
internal static class SpoolEndpoint
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/admin/spool", PageAsync);

    private static async Task<PageResult<SpoolPage>> PageAsync(SpoolStateStore states, CancellationToken stop)
    {
        var (images, studies) = await states.MissingAsync(stop);
        return new(new() { [nameof(SpoolPage.View)] = new SpoolView(await states.AllAsync(stop), images, studies) });
    }
}
