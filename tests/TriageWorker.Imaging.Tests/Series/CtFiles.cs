using System.Globalization;
using System.Runtime.InteropServices;
using TriageWorker.Dicom;
using TriageWorker.Testing;

namespace TriageWorker.Imaging.Tests.Series;

/// <summary>Writes small CT series into a folder of their own, which goes when the test ends.</summary>
internal sealed class CtFiles : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("triage-imaging-").FullName;

    public string[] Paths => [.. Directory.GetFiles(Folder).Order(StringComparer.Ordinal)];

    /// <summary>Slices of 4×3 pixels, 10 mm apart, pixels as given.</summary>
    public CtFiles Write(int slices, Func<int, short[]> pixels, Action<DicomDataset, int>? change = null, TransferSyntax? syntax = null)
    {
        for (var k = 0; k < slices; k++)
        {
            var data = AxialSlice.Header(k, rows: 3, columns: 4);
            change?.Invoke(data, k);
            data.Set(DicomTag.PixelData, DicomVR.OW, MemoryMarshal.AsBytes(pixels(k).AsSpan()).ToArray());
            new DicomFile(data, syntax).Write(Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{k:000}.dcm")));
        }

        return this;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
