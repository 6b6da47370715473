using System.Globalization;
using TriageWorker.Dicom;
using TriageWorker.Phantoms;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Tensors;

/// <summary>Series of 512×512 pixels that cover 500 to 625 mm: a phantom's slices over and over, compressed once, each file an instance at a place of its own.</summary>
public sealed class TensorFiles
{
    private const int Drawn = 24;
    private readonly TemporaryFolder _folder;

    private TensorFiles(TemporaryFolder folder) => _folder = folder;

    public static async Task<TensorFiles> DrawAsync(TemporaryFolder folder, CancellationToken stop)
    {
        var files = new TensorFiles(folder);
        var phantom = await Task.Run(() => Phantom.Draw(new PhantomSpec { Seed = 1, Slices = Drawn, PixelSpacing = 0.703125 }, cancellation: stop), stop);
        Directory.CreateDirectory(folder.At("drawn"));
        foreach (var codec in TensorCodec.All) Directory.CreateDirectory(folder.At(codec.Name));
        DicomDataset[] slices = [.. PhantomDicom.Images(phantom).Select(image => image.Dataset).Where(image => image.GetStrings(DicomTag.ImageType).Contains("AXIAL"))];
        foreach (var (n, slice) in slices.Index())
        {
            var drawn = folder.At("drawn", Name(n));
            new DicomFile(slice).Write(drawn);
            foreach (var codec in TensorCodec.All) await codec.CompressAsync(drawn, folder.At(codec.Name, Name(n)));
        }

        return files;
    }

    /// <summary>5 mm apart where there are 100, 1.25 mm for 400, else 0.625 mm.</summary>
    public TemporaryFolder Write(TensorCodec codec, int slices)
    {
        var series = new TemporaryFolder();
        var spacing = slices switch { <= 100 => 5, <= 400 => 1.25, _ => 0.625 };
        DicomFile[] compressed = [.. Directory.GetFiles(_folder.At(codec.Name)).Order(StringComparer.Ordinal).Select(path => DicomFile.Read(path))];
        for (var k = 0; k < slices; k++)
        {
            var file = compressed[k % compressed.Length];
            file.Dataset
                .Set(DicomTag.SOPInstanceUID, string.Create(CultureInfo.InvariantCulture, $"2.25.3.{k + 1}"))
                .Set(DicomTag.ImagePositionPatient, -180.0, -180.0, k * spacing)
                .Set(DicomTag.SliceThickness, spacing);
            file.Write(series.At(Name(k)));
        }

        return series;
    }

    private static string Name(int slice) => string.Create(CultureInfo.InvariantCulture, $"{slice:0000}.dcm");
}
