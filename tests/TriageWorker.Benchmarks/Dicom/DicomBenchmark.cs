using TriageWorker.Dicom;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Dicom;

/// <summary>The DICOM room against DCMTK, Orthanc and pydicom: receiving, reading and writing CT images.</summary>
public static class DicomBenchmark
{
    private const int Images = 800, QuickImages = 128;

    // Files in memory where the machine has room for them: ext4 looks long for an inode in a folder that was just emptied, and
    // writes out earlier runs while later ones are measured.
    private const string InMemory = "/dev/shm";
    private const long Room = 4L << 30;

    public static Benchmark Create() => new("dicom", "CT images from DCMTK's sender to files, beside storescp and Orthanc; reading and writing files", RunAsync);

    private static async Task RunAsync(BenchmarkContext context, CancellationToken stop)
    {
        if (Environment.GetEnvironmentVariable("TMPDIR") is null && Directory.Exists(InMemory) && new DriveInfo(InMemory).AvailableFreeSpace >= Room)
            Environment.SetEnvironmentVariable("TMPDIR", InMemory);
        using var folder = new TemporaryFolder();
        context.Say($"writing {(context.Quick ? QuickImages : Images)} CT images; all files are under {Path.GetTempPath()}");
        var files = CtFiles.Write(folder.At("images"), context.Quick ? QuickImages : Images, stop);
        var study = DicomFile.Read(files[0], DicomReadOptions.HeaderOnly).Dataset.GetString(DicomTag.StudyInstanceUID)!;
        await new FilesBenchmark(context, folder, files).RunAsync(stop);
        await new ReceiveBenchmark(context, folder, files, study).RunAsync(stop);
    }
}
