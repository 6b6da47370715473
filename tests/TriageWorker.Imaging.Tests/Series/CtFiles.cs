using System.Globalization;
using System.Runtime.InteropServices;
using TriageWorker.Dicom;

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
            var data = new DicomDataset()
                .Set(DicomTag.SOPClassUID, DicomUid.CTImageStorage)
                .Set(DicomTag.SOPInstanceUID, string.Create(CultureInfo.InvariantCulture, $"2.25.7.{k + 1}"))
                .Set(DicomTag.StudyInstanceUID, "2.25.5")
                .Set(DicomTag.SeriesInstanceUID, "2.25.6")
                .Set(DicomTag.Modality, "CT")
                .Set(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "AXIAL")
                .Set(DicomTag.ImagePositionPatient, 0.0, 0.0, k * 10.0)
                .Set(DicomTag.ImageOrientationPatient, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
                .Set(DicomTag.PixelSpacing, 1.0, 1.0)
                .Set(DicomTag.Rows, 3)
                .Set(DicomTag.Columns, 4)
                .Set(DicomTag.SamplesPerPixel, 1)
                .Set(DicomTag.PhotometricInterpretation, "MONOCHROME2")
                .Set(DicomTag.BitsAllocated, 16)
                .Set(DicomTag.BitsStored, 16)
                .Set(DicomTag.HighBit, 15)
                .Set(DicomTag.PixelRepresentation, 1)
                .Set(DicomTag.RescaleIntercept, 0.0)
                .Set(DicomTag.RescaleSlope, 1.0);
            change?.Invoke(data, k);
            data.Set(DicomTag.PixelData, DicomVR.OW, MemoryMarshal.AsBytes(pixels(k).AsSpan()).ToArray());
            new DicomFile(data, syntax).Write(Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{k:000}.dcm")));
        }

        return this;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
