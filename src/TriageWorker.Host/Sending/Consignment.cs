using TriageWorker.Dicom.Network;

namespace TriageWorker.Host.Sending;

/// <summary>What lies in a folder: files that can be sent as they are, each with what it needs, and files that cannot.</summary>
public sealed record Consignment(IReadOnlyList<SendableFile> Files, IReadOnlyList<FileOutcome> Unsuitable)
{
    // A DICOMDIR lists a medium's files; it is no object for a network (PS3.3 F.3).
    private const string MediaStorageDirectory = "1.2.840.10008.1.3.10";

    /// <summary>Looks at every file below <paramref name="path"/>, or at the one file it names, in the order of their paths.</summary>
    /// <exception cref="UserFault">Nothing is there.</exception>
    public static Consignment Gather(string path) => Of(FilesIn(path));

    /// <summary>Looks at these files, in this order.</summary>
    public static Consignment Of(IEnumerable<string> paths)
    {
        var files = new List<SendableFile>();
        var unsuitable = new List<FileOutcome>();
        foreach (var file in paths)
        {
            try
            {
                // One file proposes one context: what it is, in the syntax it is stored in.
                var context = AssociationRequest.ForFiles([file])[0];
                if (context.AbstractSyntax == MediaStorageDirectory) unsuitable.Add(new FileOutcome(file, FileFate.NotDicom, "a DICOMDIR is no image"));
                else files.Add(new SendableFile(file, context.AbstractSyntax, context.TransferSyntaxes[0]));
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

/// <summary>A Part 10 file and the presentation context it needs.</summary>
public sealed record SendableFile(string Path, string SopClassUid, string TransferSyntax);
