using System.Globalization;
using TriageWorker.Dicom;
using TriageWorker.Phantoms;

namespace TriageWorker.Benchmarks.Dicom;

/// <summary>CT images of 512×512 pixels in 16 bits, 525 KB each, as files: a few slices of a phantom over and over, each file an instance of its own.</summary>
public static class CtFiles
{
    private const int Slices = 8;

    public static string[] Write(string folder, int count, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        DicomDataset[] slices = [.. PhantomDicom.Images(Phantom.Draw(new PhantomSpec { Seed = 1, Slices = Slices }, cancellation: stop)).Select(image => image.Dataset)];
        return [.. Enumerable.Range(0, count).Select(index =>
        {
            var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{index:0000}.dcm"));
            new DicomFile(slices[index % Slices].Set(DicomTag.SOPInstanceUID, string.Create(CultureInfo.InvariantCulture, $"2.25.{1_000_000 + index}"))).Write(path);
            return path;
        })];
    }
}
