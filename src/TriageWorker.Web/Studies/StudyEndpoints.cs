using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using TriageWorker.Web.Pages;

namespace TriageWorker.Web;

/// <summary>One study, for people at <c>/studies/{uid}</c> and for programs at <c>/api/studies/{uid}</c>.</summary>
internal static class StudyEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/studies/{uid}", PageAsync);
        app.MapGet("/api/studies/{uid}", JsonAsync);
    }

    private static async Task<Results<PageResult<StudyPage>, PageResult<MissingPage>>> PageAsync(string uid, StudyReader reader, CancellationToken stop) =>
        await reader.ReadAsync(new(uid), stop) is { } view
            ? new PageResult<StudyPage>(new() { [nameof(StudyPage.View)] = view })
            : PageResult.Missing($"No image of study {uid} has been received here.");

    private static async Task<Results<JsonHttpResult<StudyView>, ProblemHttpResult>> JsonAsync(string uid, StudyReader reader, CancellationToken stop) =>
        await reader.ReadAsync(new(uid), stop) is { } view
            ? TypedResults.Json(view, WebJson.Default.StudyView)
            : TypedResults.Problem("No image of this study has been received here.", statusCode: StatusCodes.Status404NotFound);
}
