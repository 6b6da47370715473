using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Intake.Tests;

public sealed class MemoryTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int MiB = 1024 * 1024, Pixels = 384 * MiB;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_large_object_is_stored_without_ever_being_in_memory()
    {
        using var folder = new TemporaryFolder();
        var (small, large) = (folder.At("small.dcm"), folder.At("large.dcm"));
        Write(small, MiB);
        Write(large, Pixels);
        using var listener = await ListenerProcess.StartAsync(postgres.ConnectionString, folder.At("spool"));
        await using var association = await DicomAssociation.RequestAsync(listener.Call([small]), Stop);
        (await association.StoreAsync(small, Stop)).ShouldBe(DimseStatus.Success); // what one object costs at all
        var before = listener.PeakMemory;

        (await association.StoreAsync(large, Stop)).ShouldBe(DimseStatus.Success);

        (listener.PeakMemory - before).ShouldBeLessThan(Pixels / 8);
        Directory.EnumerateFiles(folder.At("spool"), "*", SearchOption.AllDirectories).Max(file => new FileInfo(file).Length).ShouldBeGreaterThan(Pixels);
    }

    [Fact]
    public async Task Nor_is_one_that_comes_by_STOW_RS()
    {
        using var folder = new TemporaryFolder();
        var (small, large) = (folder.At("small.dcm"), folder.At("large.dcm"));
        Write(small, MiB);
        Write(large, Pixels);
        using var listener = await ListenerProcess.StartAsync(postgres.ConnectionString, folder.At("spool"));
        await StowAsync(listener, small);
        var before = listener.PeakMemory;

        await StowAsync(listener, large);

        (listener.PeakMemory - before).ShouldBeLessThan(Pixels / 8);
        Directory.EnumerateFiles(folder.At("spool"), "*", SearchOption.AllDirectories).Max(file => new FileInfo(file).Length).ShouldBeGreaterThan(Pixels);
    }

    private static async Task StowAsync(ListenerProcess listener, string path)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(3) };
        using var parts = new MultipartContent("related");
        using var part = new StreamContent(File.OpenRead(path));
        part.Headers.ContentType = new("application/dicom");
        parts.Add(part);
        using var answer = await http.PostAsync(new Uri(listener.DicomWeb, "studies"), parts, Stop);
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
    }

    /// <summary>An enhanced CT whose pixel data is a hole in its file: as long as wanted, and no bytes on the sender's disk.</summary>
    private static void Write(string path, uint pixels)
    {
        var dataset = new DicomDataset()
            .Set(DicomTag.SOPClassUID, DicomUid.EnhancedCTImageStorage).Set(DicomTag.SOPInstanceUID, DicomUid.NewRandom())
            .Set(DicomTag.StudyInstanceUID, DicomUid.NewRandom()).Set(DicomTag.SeriesInstanceUID, DicomUid.NewRandom())
            .Set(DicomTag.PixelData, DicomVR.OW, Array.Empty<byte>());
        new DicomFile(dataset).Write(path);
        using var file = new FileStream(path, FileMode.Open);
        file.Position = file.Length - sizeof(uint); // the element's length ends the file
        file.Write(BitConverter.GetBytes(pixels));
        file.SetLength(file.Length + pixels);
    }
}
