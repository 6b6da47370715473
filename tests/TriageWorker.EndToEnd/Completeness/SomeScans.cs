using System.Globalization;
using TriageWorker.Dicom;
using TriageWorker.Phantoms;

namespace TriageWorker.EndToEnd.Completeness;

/// <summary>A study of several series of one patient, as files.</summary>
internal sealed class SomeScans(string folder)
{
    private static int s_seed;
    private readonly int _seed = 9000 + Interlocked.Increment(ref s_seed);

    public string StudyUid { get; } = DicomUid.NewRandom();

    /// <summary>Axial slices without a gap, 5 mm apart: more of them cover more.</summary>
    public string[] Axial(int slices, int number = 1) => Write(new PhantomSpec { Seed = _seed, Slices = slices, Matrix = 16, SliceSpacing = 5 }, number);

    /// <summary>Two scout views, which no model reads.</summary>
    public string[] Scout(int number = 99) => Write(new PhantomSpec { Seed = _seed, Kind = PhantomKind.Localizer, Matrix = 16 }, number);

    private string[] Write(PhantomSpec spec, int number)
    {
        Directory.CreateDirectory(folder);
        var (identity, files) = ($"{StudyUid} {number}", new List<string>());
        foreach (var (name, data) in PhantomDicom.Images(Phantom.Draw(spec), new PhantomWriteOptions { Identity = identity }))
        {
            data.Set(DicomTag.StudyInstanceUID, StudyUid).Set(DicomTag.SeriesNumber, number.ToString(CultureInfo.InvariantCulture));
            files.Add(Path.Combine(folder, $"{number}-{name}"));
            new DicomFile(data).Write(files[^1]);
        }

        return [.. files];
    }
}
