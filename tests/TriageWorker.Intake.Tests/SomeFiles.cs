using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Phantoms;

namespace TriageWorker.Intake.Tests;

/// <summary>A small phantom study on disk.</summary>
internal static class SomeFiles
{
    public static PhantomFiles Write(string folder, int seed, int slices = 4, string identity = "") =>
        PhantomDicom.Write(Phantom.Draw(new PhantomSpec { Seed = seed, Slices = slices, Matrix = 64, SliceSpacing = 40 }), folder,
            new PhantomWriteOptions { Identity = identity });

    /// <summary>Images of one study whose size is what matters.</summary>
    /// <param name="length">Bytes of each one's pixel data.</param>
    public static (string Study, string[] Files) WriteLarge(string folder, int images, int length)
    {
        Directory.CreateDirectory(folder);
        var (study, series) = (DicomUid.NewRandom(), DicomUid.NewRandom());
        string[] files = [.. Enumerable.Range(1, images).Select(number => Path.Combine(folder, $"{number}.dcm"))];
        foreach (var file in files)
        {
            new DicomFile(new DicomDataset()
                .Set(DicomTag.SOPClassUID, DicomUid.CTImageStorage).Set(DicomTag.SOPInstanceUID, DicomUid.NewRandom())
                .Set(DicomTag.StudyInstanceUID, study).Set(DicomTag.SeriesInstanceUID, series)
                .Set(DicomTag.PixelData, DicomVR.OW, new byte[length])).Write(file);
        }

        return (study, files);
    }

    /// <summary>The bytes behind the file meta, which are what travels.</summary>
    public static byte[] DataSet(string path) => File.ReadAllBytes(path)[(int)Part10Head.Read(path).DataSetOffset..];
}
