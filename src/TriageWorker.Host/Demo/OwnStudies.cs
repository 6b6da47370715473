using TriageWorker.Dicom;
using TriageWorker.Host.Sending;
using TriageWorker.Triage;

namespace TriageWorker.Host.Demo;

/// <summary>What the user brings with <c>--study</c>: a folder with one or several studies, or with anything else.</summary>
public static class OwnStudies
{
    /// <summary>One entry per Study Instance UID; files that cannot be sent are told once, with the first or on their own.</summary>
    public static IReadOnlyList<DemoStudy> In(string folder)
    {
        var consignment = Consignment.Gather(folder);
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        var byStudy = consignment.Files.GroupBy(file => StudyOf(file)).ToList();
        if (byStudy.Count == 0) return [new DemoStudy(name, null, [], consignment.Unsuitable)];
        return [.. byStudy.Select((files, index) => new DemoStudy(
            byStudy.Count == 1 ? name : $"{name} ({index + 1} of {byStudy.Count})",
            files.Key is { } uid ? new StudyUid(uid) : null, [.. files], index == 0 ? consignment.Unsuitable : []))];
    }

    /// <summary>Study Instance UID (0020,000D); null where the file does not say, or cannot be read that far.</summary>
    private static string? StudyOf(string path)
    {
        try
        {
            return DicomFile.Read(path, new DicomReadOptions { DeferLargerThan = 64 * 1024 }).Dataset.GetString(DicomTag.StudyInstanceUID);
        }
        catch (DicomFormatException)
        {
            return null; // it is pushed all the same: the listener says what is wrong with it
        }
    }
}
