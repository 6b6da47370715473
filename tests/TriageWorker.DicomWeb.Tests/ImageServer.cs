using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using TriageWorker.Dicom;

namespace TriageWorker.DicomWeb.Tests;

/// <summary>The endpoints over images with pixels in many forms, one instance a series.</summary>
public sealed class ImageServer : IAsyncLifetime
{
    public const string Study = "1.2.9", Frames = "1.2.9.1", BigEndian = "1.2.9.2", Deflated = "1.2.9.3", JpegLs = "1.2.9.4", Cut = "1.2.9.5", Document = "1.2.9.6", Many = "1.2.9.7";
    public const int FrameBytes = 4 * 6 * 2;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("images");
    private readonly List<StoredInstance> _stored = [];
    private WebApplication? _app;

    public HttpClient Client { get; } = new(new SocketsHttpHandler { AutomaticDecompression = System.Net.DecompressionMethods.None });

    public static byte[] Pixels(int frames) => [.. Enumerable.Range(0, frames * FrameBytes).Select(i => (byte)(i * 7))];

    /// <summary>The fragments of the two compressed frames; the first frame has two.</summary>
    public static IReadOnlyList<byte[]> Fragments { get; } = [[0xFF, 0xD8, 1, 2], [3, 4, 0xFF, 0xD9], [0xFF, 0xD8, 5, 6, 0xFF, 0xD9]];

    public async ValueTask InitializeAsync()
    {
        Add(Frames, TransferSyntax.ExplicitVRLittleEndian, Image(3).Set(DicomTag.PixelData, DicomVR.OW, Pixels(3))
            .Set(DicomTag.PatientName, "Öberg^Åsa").Set(DicomTag.RedPaletteColorLookupTableData, DicomVR.OW, new byte[2000])
            .Set(DicomTag.WaveformSequence, new DicomDataset(), new DicomDataset().Set(DicomTag.WaveformData, DicomVR.OW, Pixels(50))));
        Add(BigEndian, TransferSyntax.ExplicitVRBigEndian, Image(2).Set(DicomTag.PixelData, DicomVR.OW, Pixels(2)));
        Add(Deflated, TransferSyntax.DeflatedExplicitVRLittleEndian, Image(1).Set(DicomTag.PixelData, DicomVR.OW, Pixels(1)));
        Add(JpegLs, TransferSyntax.Of(DicomUid.JPEGLSLossless), Image(2).Set(new DicomElement(DicomTag.PixelData, DicomVR.OB,
            [new DicomFragment(new byte[] { 0, 0, 0, 0, 24, 0, 0, 0 }), .. Fragments.Select(bytes => new DicomFragment(bytes))])));
        Add(Document, TransferSyntax.ExplicitVRLittleEndian, new DicomDataset().Set(DicomTag.SOPClassUID, DicomUid.BasicTextSRStorage).Set(DicomTag.Modality, "SR"));
        for (var i = 1; i <= 1000; i++) Add(Many, TransferSyntax.ExplicitVRLittleEndian, Image(1).Set(DicomTag.PixelData, DicomVR.OW, Pixels(100)), i);
        var cut = Add(Cut, TransferSyntax.ExplicitVRLittleEndian, Image(1).Set(DicomTag.PixelData, DicomVR.OW, Pixels(1)));
        using (var file = File.OpenWrite(cut.Path)) file.SetLength(file.Length - 4);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapWadoRs("/dicom-web", FindAsync);
        _app.MapCapabilities("/dicom-web");
        await _app.StartAsync();
        Client.BaseAddress = new Uri(_app.Urls.First() + "/dicom-web/");
    }

    /// <summary>The address of the one instance of a series.</summary>
    public static string Address(string series) => $"studies/{Study}/series/{series}/instances/{series}.1";

    /// <summary>What an instance of the long series is kept in.</summary>
    public string PathOf(int number) => _stored.Single(stored => stored.SopInstanceUid == $"{Many}.{number}").Path;

    private StoredInstance Add(string series, TransferSyntax syntax, DicomDataset dataset, int number = 1)
    {
        var instance = $"{series}.{number}";
        var path = Path.Combine(_folder.FullName, instance);
        new DicomFile(dataset.Set(DicomTag.StudyInstanceUID, Study).Set(DicomTag.SeriesInstanceUID, series).Set(DicomTag.SOPInstanceUID, instance), syntax).Write(path);
        var stored = new StoredInstance(instance, syntax.Uid, path) { Study = Study, Series = series, Digest = instance };
        _stored.Add(stored);
        return stored;
    }

    private static DicomDataset Image(int frames) => new DicomDataset().Set(DicomTag.SOPClassUID, DicomUid.EnhancedCTImageStorage).Set(DicomTag.Modality, "CT")
        .Set(DicomTag.Rows, 4).Set(DicomTag.Columns, 6).Set(DicomTag.BitsAllocated, 16).Set(DicomTag.BitsStored, 16).Set(DicomTag.HighBit, 15)
        .Set(DicomTag.PixelRepresentation, 1).Set(DicomTag.SamplesPerPixel, 1).Set(DicomTag.PhotometricInterpretation, "MONOCHROME2").Set(DicomTag.NumberOfFrames, frames);

    private Task<IReadOnlyList<StoredInstance>> FindAsync(RetrieveTarget target, CancellationToken stop) => Task.FromResult<IReadOnlyList<StoredInstance>>(
        [.. _stored.Where(stored => stored.Study == target.Study && stored.Series == (target.Series ?? stored.Series) && stored.SopInstanceUid == (target.Instance ?? stored.SopInstanceUid))]);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
