using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using TriageWorker.Web.Pages;

namespace TriageWorker.Web;

/// <summary>What an administrator looks at, for people below <c>/admin</c> and for programs below <c>/api</c>.</summary>
internal static class AdministrationEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/admin", () => TypedResults.Redirect("/admin/alarms"));
        app.MapGet("/admin/alarms", PageAsync);
        app.MapGet("/api/alarms", JsonAsync);
    }

    private static async Task<PageResult<AlarmsPage>> PageAsync(AlarmReader reader, CancellationToken stop) =>
        new(new() { [nameof(AlarmsPage.View)] = await reader.ReadAsync(stop) });

    private static async Task<JsonHttpResult<AlarmsView>> JsonAsync(AlarmReader reader, CancellationToken stop) =>
        TypedResults.Json(await reader.ReadAsync(stop), WebJson.Default.AlarmsView);
}
