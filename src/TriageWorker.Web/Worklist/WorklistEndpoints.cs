using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using TriageWorker.Store;
using TriageWorker.Web.Pages;

namespace TriageWorker.Web;

/// <summary>The worklist, for people at <c>/</c> and for programs at <c>/api/worklist</c>. Both take <c>after</c>, the place where the page begins.</summary>
internal static class WorklistEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/", PageAsync);
        app.MapGet("/api/worklist", JsonAsync);
    }

    private static async Task<Results<PageResult<WorklistPage>, PageResult<MissingPage>>> PageAsync(string? after, WorklistReader reader, CancellationToken stop) =>
        TryRead(after, out var place)
            ? new PageResult<WorklistPage>(new() { [nameof(WorklistPage.View)] = await reader.ReadAsync(place, stop), [nameof(WorklistPage.Continued)] = place is not null })
            : PageResult.Missing("This address names no place in the worklist.");

    private static async Task<Results<JsonHttpResult<WorklistView>, ProblemHttpResult>> JsonAsync(string? after, WorklistReader reader, CancellationToken stop) =>
        TryRead(after, out var place)
            ? TypedResults.Json(await reader.ReadAsync(place, stop), WebJson.Default.WorklistView)
            : TypedResults.Problem("The parameter after names no place in the worklist; take it from \"next\" of the page before.", statusCode: StatusCodes.Status400BadRequest);

    private static bool TryRead(string? after, out WorklistCursor? place)
    {
        place = null;
        return string.IsNullOrEmpty(after) || WorklistPosition.TryRead(after, out place);
    }
}
