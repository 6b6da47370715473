using System.Net.Sockets;
using System.Text;
using TriageWorker.Dicom;
using TriageWorker.Phantoms;
using TriageWorker.Testing;

namespace TriageWorker.EndToEnd;

/// <summary>What is not a CT study: each has its outcome on the page or in the log, and the product goes on.</summary>
public sealed class TroubleTests
{
    [Fact]
    public async Task What_cannot_be_analysed_says_so_and_the_next_study_is_scored()
    {
        using var folder = new TemporaryFolder();
        await using var product = await Product.StartAsync(folder.Path);

        (await AskForAPageAsync(product.DicomPort)).ShouldNotStartWith("HTTP/");
        var truncated = await PushTruncatedAsync(product, folder);
        var scout = await product.PushPhantomAsync(MainJob.Small(seed: 201, kind: PhantomKind.Localizer));
        var mr = await product.PushPhantomAsync(MainJob.Small(seed: 202, kind: PhantomKind.MagneticResonance));
        var capture = await product.PushPhantomAsync(MainJob.Small(seed: 203, kind: PhantomKind.SecondaryCapture));
        var good = await product.PushPhantomAsync(MainJob.Small(seed: 204, MainJob.Medium));

        await SaysWhyAsync(product, scout, "localizer");
        await SaysWhyAsync(product, mr, "MR");
        await SaysWhyAsync(product, capture, "CT");
        await SaysWhyAsync(product, truncated, "short");
        (await product.StudyAsync(good, MainJob.IsDecided)).State().ShouldBe("Positive");
        product.IsRunning.ShouldBeTrue(product.Log);
        product.Log.ShouldContain("brought no association");
    }

    [Fact]
    public async Task A_study_acknowledged_before_the_process_was_killed_is_scored_after_it_starts_again()
    {
        using var folder = new TemporaryFolder();
        string study;
        await using (var killed = await Product.StartAsync(folder.Path))
        {
            study = await killed.PushPhantomAsync(MainJob.Small(seed: 301, MainJob.Medium));
            await killed.KillAsync();
        }

        await using var product = await Product.StartAsync(folder.Path);
        var decided = await product.StudyAsync(study, MainJob.IsDecided);
        decided.State().ShouldBe("Positive");
        ((int)decided["entry"]!["images"]!).ShouldBe(64);
    }

    [Fact]
    public async Task A_demonstration_result_is_withheld_from_a_destination_for_patients()
    {
        using var folder = new TemporaryFolder();
        await using var receiver = await StoreScp.StartAsync(Directory.CreateDirectory(folder.At("received")).FullName);
        await using var product = await Product.StartAsync(folder.Path,
            ("Destinations:0:Name", "clinic"), ("Destinations:0:Host", "127.0.0.1"), ("Destinations:0:Port", $"{receiver.Port}"), ("Destinations:0:CalledAe", "CLINIC"));
        var study = await product.PushPhantomAsync(MainJob.Small(seed: 401));
        var delivery = (await product.StudyAsync(study, MainJob.IsFinished))["deliveries"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)delivery["state"]!).ShouldBe("withheld");
        ((string)delivery["because"]!).ShouldContain("demonstration");
        Directory.GetFiles(receiver.Folder).ShouldBeEmpty();
    }

    private static async Task SaysWhyAsync(Product product, string study, string why)
    {
        var decided = await product.StudyAsync(study, MainJob.IsDecided);
        decided.State().ShouldBe("NotAnalysed");
        decided.Because().ShouldContain(why, Case.Insensitive);
    }

    private static async Task<string> AskForAPageAsync(int dicomPort)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", dicomPort);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        client.Client.Shutdown(SocketShutdown.Send);
        return await new StreamReader(stream, Encoding.Latin1).ReadToEndAsync();
    }

    /// <summary>Every slice whole but one, whose pixel data ends early though its data set is well formed.</summary>
    private static async Task<string> PushTruncatedAsync(Product product, TemporaryFolder folder)
    {
        var files = PhantomDicom.Write(Phantom.Draw(MainJob.Small(seed: 205)), folder.At("short"));
        var slice = DicomFile.Read(files.Files[30]);
        slice.Dataset.Set(DicomTag.PixelData, DicomVR.OW, slice.Dataset.GetBytes(DicomTag.PixelData)[..10_000].ToArray());
        slice.Write(files.Files[30]);
        await product.PushFolderAsync(folder.At("short"));
        return files.StudyInstanceUid;
    }
}
