using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using TriageWorker.Dicom;

namespace TriageWorker.DicomWeb.Tests;

/// <summary>The endpoints on a real Kestrel over files in a folder that goes away with it.</summary>
public sealed class WadoServer : IAsyncLifetime
{
    public const string ExplicitLittleEndian = "1.2.840.10008.1.2.1", JpegLossless = "1.2.840.10008.1.2.4.70";
    public const string Study = "1.2.3", Series = "1.2.3.1", Compressed = "1.2.3.2", Gone = "1.2.3.3", Implicit = "1.2.3.4";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wado");
    private readonly Dictionary<(string Series, string Instance), StoredInstance> _stored = [];
    private WebApplication? _app;

    public HttpClient Client { get; } = new();

    public byte[] Content(string series, string instance) => File.ReadAllBytes(PathOf(series, instance));

    public string PathOf(string series, string instance) => _stored[(series, instance)].Path;

    public async ValueTask InitializeAsync()
    {
        var random = new Random(1);
        foreach (var (series, instance, syntax) in new[]
        {
            (Series, "1.2.3.1.1", ExplicitLittleEndian), (Series, "1.2.3.1.2", ExplicitLittleEndian),
            (Compressed, "1.2.3.2.1", JpegLossless), (Gone, "1.2.3.3.1", ExplicitLittleEndian),
        })
        {
            var bytes = new byte[100_000];
            random.NextBytes(bytes);
            "\r\n--\r\n"u8.CopyTo(bytes.AsSpan(500)); // what looks like a boundary is content
            var path = Path.Combine(_folder.FullName, instance);
            if (series != Gone) await File.WriteAllBytesAsync(path, bytes);
            _stored[(series, instance)] = new(instance, syntax, path) { Study = Study, Series = series, Digest = instance };
        }

        foreach (var syntax in new[] { TransferSyntax.ImplicitVRLittleEndian, TransferSyntax.DeflatedExplicitVRLittleEndian })
        {
            var instance = $"{Implicit}.{syntax.Uid.Length}";
            var path = Path.Combine(_folder.FullName, instance);
            new DicomFile(new DicomDataset().Set(DicomTag.SOPClassUID, DicomUid.CTImageStorage).Set(DicomTag.SOPInstanceUID, instance).Set(DicomTag.PatientName, "DOE^JANE")
                .Set(DicomTag.PixelData, DicomVR.OW, new byte[100_000]), syntax).Write(path);
            _stored[(Implicit, instance)] = new(instance, syntax.Uid, path) { Study = Study, Series = Implicit, Digest = instance };
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapWadoRs("/dicom-web", FindAsync);
        await _app.StartAsync();
        Client.BaseAddress = new Uri(_app.Urls.First() + "/dicom-web/");
    }

    private Task<IReadOnlyList<StoredInstance>> FindAsync(RetrieveTarget target, CancellationToken stop) =>
        Task.FromResult<IReadOnlyList<StoredInstance>>(target.Study != Study
            ? []
            : [.. _stored.Where(entry => entry.Key.Series == (target.Series ?? Series) && (target.Instance ?? entry.Key.Instance) == entry.Key.Instance)
                .Select(entry => entry.Value).OrderBy(instance => instance.SopInstanceUid, StringComparer.Ordinal)]);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
