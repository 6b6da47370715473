using TriageWorker.Dicom;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Dicom;

/// <summary>The DICOM room against DCMTK, Orthanc and pydicom: receiving, reading and writing CT images.</summary>
public static class DicomBenchmark
{
    private const int Images = 800, QuickImages = 128;

    public static Benchmark Create() => new("dicom", "CT images from DCMTK's sender to files, beside storescp and Orthanc; reading and writing files", RunAsync);

    private static async Task RunAsync(BenchmarkContext context, CancellationToken stop)
    {
        using var folder = new TemporaryFolder();
        context.Say($"writing {(context.Quick ? QuickImages : Images)} CT images");
        var files = CtFiles.Write(folder.At("images"), context.Quick ? QuickImages : Images, stop);
        var study = DicomFile.Read(files[0], DicomReadOptions.HeaderOnly).Dataset.GetString(DicomTag.StudyInstanceUID)!;
        await new FilesBenchmark(context, folder, files).RunAsync(stop);
        await new ReceiveBenchmark(context, folder, files, study).RunAsync(stop);
    }
}
