using System.Diagnostics;
using System.Globalization;
using TriageWorker.Dicom;
using TriageWorker.Phantoms.Writing;

namespace TriageWorker.Phantoms;

/// <summary>Writes phantoms as DICOM Part 10 files that a validator finds nothing wrong with, and that say of themselves that they are synthetic.</summary>
public static class PhantomDicom
{
    private delegate DicomDataset Draw(StudyHeader header, int series, int index);

    /// <summary>Writes a study's files into a folder, which is made when absent; files of the same names are replaced.</summary>
    public static PhantomFiles Write(PhantomStudy study, string directory, PhantomWriteOptions? options = null)
    {
        options ??= new PhantomWriteOptions();
        Directory.CreateDirectory(directory);
        var files = new List<string>();
        foreach (var (name, dataset) in Images(study, options))
        {
            var path = Path.GetFullPath(Path.Combine(directory, name));
            new DicomFile(dataset, options.TransferSyntax).Write(path);
            files.Add(path);
        }

        var identity = new StudyIdentity(study, options);
        return new PhantomFiles(identity.StudyUid, identity.Accession, identity.PatientId, files);
    }

    /// <summary>The study's data sets one by one with a file name for each, for callers that send them without a folder.</summary>
    public static IEnumerable<(string Name, DicomDataset Dataset)> Images(PhantomStudy study, PhantomWriteOptions? options = null)
    {
        options ??= new PhantomWriteOptions();
        var header = new StudyHeader(study, options);
        foreach (var (number, count, draw) in Series(header, options))
        {
            for (var index = 0; index < count; index++)
                yield return (string.Create(CultureInfo.InvariantCulture, $"{number:00}-{index + 1:0000}.dcm"), draw(header, number, index));
        }
    }

    private static IEnumerable<(int Number, int Count, Draw Draw)> Series(StudyHeader header, PhantomWriteOptions options)
    {
        (int, int, Draw) scout = (1, ScoutCt.Count, ScoutCt.Image);
        (int, int, Draw) axial = (2, AxialCt.Count(header), AxialCt.Image);
        return header.Study.Spec.Kind switch
        {
            PhantomKind.Abdomen => options.WithScout ? [scout, axial] : [axial],
            PhantomKind.Localizer => [scout],
            PhantomKind.MagneticResonance => [(2, AxialMr.Count(header), AxialMr.Image)],
            PhantomKind.SecondaryCapture => [(99, Screenshot.Count, Screenshot.Image)],
            var kind => throw new UnreachableException($"{kind} is no kind we know."),
        };
    }
}
