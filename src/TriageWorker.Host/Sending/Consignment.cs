using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Host.Sending;

/// <summary>What lies in a folder: files that can be sent as they are, and files that cannot.</summary>
public sealed record Consignment(IReadOnlyList<string> Files, IReadOnlyList<FileOutcome> Unsuitable)
{
    /// <summary>Looks at every file below <paramref name="path"/>, or at the one file it names, in the order of their paths.</summary>
    /// <exception cref="UserFault">Nothing is there.</exception>
    public static Consignment Gather(string path) => Of(FilesIn(path));

    /// <summary>Looks at these files, in this order.</summary>
    public static Consignment Of(IEnumerable<string> paths)
    {
        var files = new List<string>();
        var unsuitable = new List<FileOutcome>();
        foreach (var file in paths)
        {
            try
            {
                if (Part10Head.Read(file).SopClassUid == DicomUid.MediaStorageDirectoryStorage) // it lists a medium's files (PS3.3, F.3)
                    unsuitable.Add(new FileOutcome(file, FileFate.NotDicom, "a DICOMDIR is no image"));
                else files.Add(file);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                unsuitable.Add(new FileOutcome(file, FileFate.NotDicom, fault.Message.Replace($"'{file}' ", "", StringComparison.Ordinal)));
            }
        }

        return new Consignment(files, unsuitable);
    }

    private static List<string> FilesIn(string path)
    {
        if (File.Exists(path)) return [Path.GetFullPath(path)];
        if (!Directory.Exists(path)) throw new UserFault($"There is no file or folder {Path.GetFullPath(path)}.");
        var found = Directory.EnumerateFiles(Path.GetFullPath(path), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        return found.Count > 0 ? found : throw new UserFault($"The folder {Path.GetFullPath(path)} holds no file.");
    }
}
