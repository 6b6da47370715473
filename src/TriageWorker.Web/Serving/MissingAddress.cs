using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace TriageWorker.Web;

/// <summary>A page for addresses that lead nowhere, where a person asked; programs get the bare status.</summary>
internal static class MissingAddress
{
    public static Task AnswerAsync(StatusCodeContext context)
    {
        var http = context.HttpContext;
        return http.Response.StatusCode == StatusCodes.Status404NotFound && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
            ? PageResult.Missing("Nothing is at this address.").ExecuteAsync(http)
            : Task.CompletedTask;
    }
}
