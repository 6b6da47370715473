using System.Net;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Json;
using TriageWorker.Testing;

namespace TriageWorker.Intake.Tests;

/// <summary>Requests of STOW-RS to a running intake.</summary>
internal static class Stowing
{
    public static HttpClient Http { get; } = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static Task<ToolResult> CurlAsync(params string[] arguments) => ExternalTool.RunAsync("curl", ["-sS", .. arguments]);

    extension(RunningIntake intake)
    {
        /// <summary>Stores, and reads what became of each instance.</summary>
        public async Task<(HttpStatusCode Status, DicomDataset Answer)> StowAsync(string path, byte[] body, string type = StowBody.Type)
        {
            using var answer = await intake.StowPostAsync(path, body, type);
            var said = await answer.Content.ReadAsByteArrayAsync(Stop);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/dicom+json", System.Text.Encoding.UTF8.GetString(said));
            return (answer.StatusCode, DicomDataset.ParseJson(said));
        }

        /// <param name="path">Below the root of its DICOMweb.</param>
        public async Task<HttpResponseMessage> StowPostAsync(string path, byte[] body, string type)
        {
            using var content = new ByteArrayContent(body);
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            return await Http.PostAsync(new Uri(intake.DicomWeb, path), content, Stop);
        }
    }
}
