using TriageWorker.Dicom.Network;
using TriageWorker.Phantoms;

namespace TriageWorker.Intake.Tests;

/// <summary>A small phantom study on disk.</summary>
internal static class SomeFiles
{
    public static PhantomFiles Write(string folder, int seed, int slices = 4, string identity = "") =>
        PhantomDicom.Write(Phantom.Draw(new PhantomSpec { Seed = seed, Slices = slices, Matrix = 64, SliceSpacing = 40 }), folder,
            new PhantomWriteOptions { Identity = identity });

    /// <summary>The bytes behind the file meta, which are what travels.</summary>
    public static byte[] DataSet(string path) => File.ReadAllBytes(path)[(int)Part10Head.Read(path).DataSetOffset..];
}
