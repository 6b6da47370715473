using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using TriageWorker.Dicom;
using TriageWorker.Testing;

namespace TriageWorker.DicomWeb.Tests.Store;

/// <summary>The store transaction on a real Kestrel, each request before the session that is there at the time.</summary>
public sealed class StowServer : IAsyncLifetime
{
    private WebApplication? _app;

    public HttpClient Client { get; } = new();

    public Uri Studies => new(Client.BaseAddress!, "studies");

    public DrivenTime Clock { get; } = new();

    internal StowAdmission Admission { get; set; } = new StowAdmission.Refused(503, "");

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapStowRs("/dicom-web", _ => Admission, Clock);
        await _app.StartAsync();
        Client.BaseAddress = new Uri(_app.Urls.First() + "/dicom-web/");
    }

    /// <summary>Lets the next request in.</summary>
    internal MemorySession Open(StowLimits? limits = null, CancellationToken stopping = default)
    {
        var session = new MemorySession();
        Admission = new StowAdmission.Open(session, limits ?? new StowLimits(), new MemoryStream()) { RetrieveFrom = "https://archive/dicom-web", Stopping = stopping };
        return session;
    }

    public async Task<HttpResponseMessage> PostAsync(byte[] body, string type, string path = "studies", string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>A small Part 10 file.</summary>
    public static byte[] File(string sop, string study = "1.2.3", string sopClass = DicomUid.CTImageStorage, string syntax = DicomUid.ExplicitVRLittleEndian)
    {
        using var bytes = new MemoryStream();
        new DicomFile(new DicomDataset().Set(DicomTag.SOPClassUID, sopClass).Set(DicomTag.SOPInstanceUID, sop)
            .Set(DicomTag.StudyInstanceUID, study).Set(DicomTag.SeriesInstanceUID, "1.2.3.9").Set(DicomTag.PatientComments, "\r\n--\r\nno boundary"), TransferSyntax.Of(syntax)).Write(bytes);
        return bytes.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_app is not null) await _app.DisposeAsync();
    }
}
