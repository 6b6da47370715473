using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace TriageWorker.Web;

/// <summary><c>/events</c>: tells a page when to read again. It carries no data, so it can leak none.</summary>
internal static class EventEndpoint
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/events", Follow);

    private static ServerSentEventsResult<string> Follow(WorklistFeed feed, HttpResponse response, CancellationToken stop)
    {
        response.Headers["X-Accel-Buffering"] = "no"; // proxies that gather answers would make it silent
        return TypedResults.ServerSentEvents(feed.FollowAsync(stop));
    }
}
