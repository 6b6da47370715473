using Microsoft.AspNetCore.Http;

namespace TriageWorker.Web;

/// <summary>What was asked for is done; the browser gets the page that says so (RFC 9110, 15.4.4).</summary>
internal sealed class SeeOther(string address) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = address;
        return Task.CompletedTask;
    }
}
