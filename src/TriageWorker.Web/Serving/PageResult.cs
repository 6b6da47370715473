using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using TriageWorker.Web.Pages;

namespace TriageWorker.Web;

/// <summary>A page rendered whole on the server before its first byte is sent, so that a fault becomes an error and not half a page.</summary>
internal sealed class PageResult<TPage>(Dictionary<string, object?> parameters, int status = StatusCodes.Status200OK) : IResult
    where TPage : IComponent
{
    public Task ExecuteAsync(HttpContext httpContext) =>
        new RazorComponentResult<TPage>(parameters) { StatusCode = status, PreventStreamingRendering = true }.ExecuteAsync(httpContext);
}

internal static class PageResult
{
    public static PageResult<MissingPage> Missing(string because) =>
        new(new() { [nameof(MissingPage.Because)] = because }, StatusCodes.Status404NotFound);
}
