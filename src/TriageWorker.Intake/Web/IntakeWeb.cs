using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TriageWorker.DicomWeb;

namespace TriageWorker.Intake;

/// <summary>STOW-RS of the role: on its own port where it has one, and wherever else the process answers HTTP.</summary>
public static class IntakeWeb
{
    internal const string Prefix = "/dicom-web";

    /// <summary>Maps what the role answers, and keeps everything else of the process from its own port. Before what else the process answers.</summary>
    public static void UseIntakeWeb(this WebApplication app)
    {
        if (app.Services.GetService<IntakeWebEndpoint>() is not { } endpoint || !app.Services.GetRequiredService<IOptions<IntakeOptions>>().Value.DicomWeb.Enabled) return;
        app.MapStowRs(Prefix, app.Services.GetRequiredService<StowIntake>().Admit, app.Services.GetRequiredService<TimeProvider>()).WithMetadata(new Own());
        app.MapWhen(IntakeWebEndpoint.Received, own => own.Run(http => AnswerAsync(http, endpoint)));
    }

    private static async Task AnswerAsync(HttpContext http, IntakeWebEndpoint endpoint)
    {
        if (!endpoint.Answers(http.Request.Host))
            await RefuseAsync(http, StatusCodes.Status400BadRequest, $"The host name {http.Request.Host.Host} is not answered here ({IntakeOptions.Section}:{nameof(IntakeOptions.DicomWeb)}:{nameof(IntakeWebOptions.Hosts)}).");
        else if (http.GetEndpoint() is { RequestDelegate: { } answer } found && found.Metadata.GetMetadata<Own>() is not null)
            await answer(http);
        else
            await RefuseAsync(http, StatusCodes.Status404NotFound, $"Images are stored here by POST {Prefix}/studies, and nothing else is answered.");
    }

    private static Task RefuseAsync(HttpContext http, int status, string words) => TypedResults.Problem(words, statusCode: status).ExecuteAsync(http);

    private sealed class Own;
}
