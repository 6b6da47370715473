using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using TriageWorker.Web.Pages;

namespace TriageWorker.Web;

/// <summary>Callers and their lines, for people at <c>/admin/callers</c> and for programs at <c>/api/callers</c>.</summary>
internal static class CallerEndpoints
{
    public const string Address = "/admin/callers";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Address, PageAsync);
        app.MapGet(Address + "/{title}", CallerAsync);
        app.MapGet("/api/callers", JsonAsync);
        app.MapGet("/api/callers/{title}", CallerJsonAsync);
    }

    public static string AddressOf(string title) => $"{Address}/{Uri.EscapeDataString(title)}";

    private static async Task<PageResult<CallersPage>> PageAsync(CallerReader reader, CancellationToken stop) =>
        new(new() { [nameof(CallersPage.View)] = await reader.ReadAsync(stop) });

    private static async Task<Results<PageResult<CallerPage>, PageResult<MissingPage>>> CallerAsync(string title, CallerReader reader, CancellationToken stop) =>
        await reader.FindAsync(title, stop) is { } view ? new PageResult<CallerPage>(new() { [nameof(CallerPage.View)] = view }) : PageResult.Missing($"Nobody has called as {title} lately.");

    private static async Task<JsonHttpResult<CallersView>> JsonAsync(CallerReader reader, CancellationToken stop) =>
        TypedResults.Json(await reader.ReadAsync(stop), WebJson.Default.CallersView);

    private static async Task<Results<JsonHttpResult<CallerView>, ProblemHttpResult>> CallerJsonAsync(string title, CallerReader reader, CancellationToken stop) =>
        await reader.FindAsync(title, stop) is { } view ? TypedResults.Json(view, WebJson.Default.CallerView)
            : TypedResults.Problem("Nobody has called under this title lately.", statusCode: StatusCodes.Status404NotFound);
}
