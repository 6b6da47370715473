using TriageWorker.Dicom;
using TriageWorker.DicomWeb;

namespace TriageWorker.Web;

/// <summary>Completes what rows say of an object by what its file says.</summary>
internal static class FileAttributes
{
    private const int LongestValue = 1024; // longer ones are what metadata is for
    private static readonly DicomReadOptions s_beforePixels = DicomReadOptions.HeaderOnly with { StopBefore = DicomTag.PixelData, AcceptShortPixelData = true };

    /// <summary>Null when the file is not kept any more, or cannot be understood: then what rows say is what is known.</summary>
    public static DicomDataset? Read(string path)
    {
        try
        {
            return DicomFile.Read(path, s_beforePixels).Dataset;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException or DicomFormatException)
        {
            return null;
        }
    }

    /// <summary>Adds what was asked for and what is answered with unasked; rows keep the word where they say something.</summary>
    public static void Complete(DicomDataset match, DicomDataset? file, SearchRequest request)
    {
        foreach (var tag in LevelAttributes.Unasked(request.Level))
        {
            Take(match, file, tag);
            if (!match.Contains(tag) && tag != DicomTag.TimezoneOffsetFromUTC && tag != DicomTag.NumberOfFrames) match.SetEmpty(tag);
        }

        foreach (var tag in request.Include.Where(tag => LevelAttributes.Belongs(tag, request.Level))) Take(match, file, tag);
        if (!request.IncludeAll || file is null) return;
        foreach (var element in file)
            if (LevelAttributes.Belongs(element.Tag, request.Level) && !element.IsDeferred && element.Length <= LongestValue) Take(match, file, element.Tag);
    }

    private static void Take(DicomDataset match, DicomDataset? file, DicomTag tag)
    {
        if (file is not null && tag.Group > 0x0002 && tag != DicomTag.SpecificCharacterSet && match.GetString(tag) is null && match.GetSequence(tag).Count == 0) match.Copy(file, tag);
    }
}
