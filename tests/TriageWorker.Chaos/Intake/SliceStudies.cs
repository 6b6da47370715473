using System.Globalization;
using System.Security.Cryptography;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Phantoms;
using TriageWorker.Testing;

namespace TriageWorker.Chaos;

/// <summary>One file that is pushed, and what must be found of it again.</summary>
/// <param name="Digest">SHA-256 over the data set, in hexadecimal.</param>
internal sealed record Slice(string File, string SopUid, string Digest);

/// <summary>Studies of a few slices, mostly small ones and now and then one that takes a while; every slice has UIDs of its own.</summary>
internal sealed class SliceStudies(TemporaryFolder folder)
{
    private const int SlicesEach = 8, LargeEvery = 6;
    private static readonly Lazy<DicomDataset[]> Small = new(() => Draw(64)), Large = new(() => Draw(256));
    private int _next;

    public IReadOnlyList<Slice> Write()
    {
        var number = Interlocked.Increment(ref _next);
        var (study, series) = (DicomUid.NewRandom(), DicomUid.NewRandom());
        var at = folder.At("studies", number.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(at);
        var drawn = number % LargeEvery == 0 ? Large.Value : Small.Value;
        return [.. Enumerable.Range(0, SlicesEach).Select(index => Write(drawn[index % drawn.Length], study, series, Path.Combine(at, $"{index}.dcm")))];
    }

    public static void Remove(IReadOnlyList<Slice> study) => Directory.Delete(Path.GetDirectoryName(study[0].File)!, recursive: true);

    /// <summary>The digest of what a Part 10 file holds behind its file meta.</summary>
    public static string DigestOf(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        file.Position = Part10Head.Read(path).DataSetOffset;
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static Slice Write(DicomDataset drawn, string study, string series, string path)
    {
        var sop = DicomUid.NewRandom();
        // Drawn slices are shared by all who push.
        lock (drawn)
            new DicomFile(drawn.Set(DicomTag.StudyInstanceUID, study).Set(DicomTag.SeriesInstanceUID, series).Set(DicomTag.SOPInstanceUID, sop)).Write(path);
        return new Slice(path, sop, DigestOf(path));
    }

    private static DicomDataset[] Draw(int matrix) =>
        [.. PhantomDicom.Images(Phantom.Draw(new PhantomSpec { Seed = matrix, Matrix = matrix, Slices = SlicesEach, SliceSpacing = 40 })).Select(image => image.Dataset)];
}
