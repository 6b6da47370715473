using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using TriageWorker.Store;
using TriageWorker.Web.Pages;

namespace TriageWorker.Web;

/// <summary>
/// One study, for people at <c>/studies/{uid}</c> and for programs at <c>/api/studies/{uid}</c>; <c>/studies?accession=…</c> leads to it,
/// or to a choice where several have that number.
/// </summary>
internal static class StudyEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/studies", FindAsync);
        app.MapGet("/studies/{uid}", PageAsync);
        app.MapGet("/api/studies/{uid}", JsonAsync);
    }

    private static async Task<Results<RedirectHttpResult, PageResult<StudyChoicePage>, PageResult<MissingPage>>> FindAsync(
        string? accession, StudyStore studies, CancellationToken stop)
    {
        if (accession?.Trim() is not { Length: > 0 } said) return PageResult.Missing("Say which study: its accession number or its study UID.");
        return await studies.LookUpAsync(said, stop) switch
        {
            [] => PageResult.Missing($"No image of a study with the accession number or UID {said} has been received here."),
            [var only] => TypedResults.Redirect($"/studies/{only.Uid}"),
            var several => new PageResult<StudyChoicePage>(new() { [nameof(StudyChoicePage.Said)] = said, [nameof(StudyChoicePage.Studies)] = several }),
        };
    }

    private static async Task<Results<PageResult<Pages.StudyPage>, PageResult<MissingPage>>> PageAsync(string uid, StudyReader reader, CancellationToken stop) =>
        await reader.ReadAsync(new(uid), stop) is { } view
            ? new PageResult<Pages.StudyPage>(new() { [nameof(Pages.StudyPage.View)] = view })
            : PageResult.Missing($"No image of study {uid} has been received here.");

    private static async Task<Results<JsonHttpResult<StudyView>, ProblemHttpResult>> JsonAsync(string uid, StudyReader reader, CancellationToken stop) =>
        await reader.ReadAsync(new(uid), stop) is { } view
            ? TypedResults.Json(view, WebJson.Default.StudyView)
            : TypedResults.Problem("No image of this study has been received here.", statusCode: StatusCodes.Status404NotFound);
}
