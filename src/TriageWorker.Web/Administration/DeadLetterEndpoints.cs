using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using TriageWorker.Bus;
using TriageWorker.Store;
using TriageWorker.Triage;
using TriageWorker.Web.Pages;

namespace TriageWorker.Web;

/// <summary>
/// <c>/admin/dead-letters</c>, and its buttons. A button answers with a redirect, so that reloading the page does not press it again;
/// pressing it twice does what once does.
/// </summary>
internal static class DeadLetterEndpoints
{
    public const string Address = "/admin/dead-letters", Replay = Address + "/replay";

    /// <summary>Studies that one press replays; a request must end.</summary>
    public const int MostAtOnce = 1000;

    private const int MostShown = 100;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Address, PageAsync);
        app.MapPost(Replay, ReplayAsync).DisableAntiforgery(); // SameOrigin is what guards it
    }

    private static async Task<PageResult<DeadLettersPage>> PageAsync(
        string? cause, int? studies, int? due, int? superseded, int? waiting, HttpResponse response, DeadLetterStore letters, IReadOnlyList<StatedPolicy> policies, CancellationToken stop)
    {
        response.Headers["Referrer-Policy"] = "same-origin"; // or a browser calls the origin of its forms null
        var causes = await letters.CausesAsync(stop);
        var chosen = causes.FirstOrDefault(group => group.Key == cause);
        return new(new()
        {
            [nameof(DeadLettersPage.View)] = new DeadLettersView(causes, chosen, chosen is null ? [] : await letters.LettersAsync(chosen.Key, MostShown, stop),
                studies is null ? null : new(studies.Value, new(due ?? 0, superseded ?? 0, waiting ?? 0)), policies),
        });
    }

    private static async Task<Results<SeeOther, ProblemHttpResult>> ReplayAsync(HttpContext context, DeadLetterStore letters, CancellationToken stop)
    {
        if (!SameOrigin.Sent(context.Request)) return TypedResults.Problem(SameOrigin.Refusal, statusCode: StatusCodes.Status403Forbidden);
        var form = await FormOfAsync(context.Request, stop);
        string study = form["study"].ToString(), cause = form["cause"].ToString();
        if (study.Length == 0 && cause.Length == 0)
            return TypedResults.Problem("Say which: a form with a field study or cause.", statusCode: StatusCodes.Status400BadRequest);
        var actor = $"page {context.Connection.RemoteIpAddress}";
        var done = study.Length > 0 ? One(await letters.ReplayAsync(new StudyUid(study), actor, stop)) : await letters.ReplayAsync(cause, MostAtOnce, actor, each: null, stop);
        return new SeeOther(string.Create(CultureInfo.InvariantCulture,
            $"{Address}?cause={Uri.EscapeDataString(cause)}&studies={done.Studies}&due={done.Work.Due}&superseded={done.Work.Superseded}&waiting={done.Work.Waiting}"));
    }

    /// <summary>A form that is none, or cannot be read (a NUL in it), says nothing.</summary>
    private static async Task<IFormCollection> FormOfAsync(HttpRequest request, CancellationToken stop)
    {
        try
        {
            return request.HasFormContentType ? await request.ReadFormAsync(stop) : FormCollection.Empty;
        }
        catch (Exception fault) when (fault is InvalidDataException or InvalidOperationException)
        {
            return FormCollection.Empty;
        }
    }

    private static ReplayedStudies One(Replayed replayed) => new(replayed.IsAny ? 1 : 0, replayed);
}
