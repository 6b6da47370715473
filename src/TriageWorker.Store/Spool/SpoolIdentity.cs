using System.Security.Cryptography;

namespace TriageWorker.Store;

/// <summary>
/// The name of a spool as a node. It stands in a file in the spool's folder, so processes that share the folder are one node, a folder
/// that is mounted elsewhere keeps its name, and a new folder on the same host is another node.
/// </summary>
public static class SpoolIdentity
{
    public const string FileName = "node.id";

    private const int MostLength = 128;

    /// <summary>Null when nobody has used the folder as a spool yet, or it is not here.</summary>
    /// <exception cref="IOException">It has a name that cannot be read.</exception>
    public static string? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            var name = File.ReadAllText(path).Trim();
            return name.Length is > 0 and <= MostLength && name.All(IsPlain) ? name
                : throw new IOException($"{path} should hold the name of this spool, letters, digits, '.' and '-', and does not: put it back as it was (\"select node from spool\" knows it), or remove it where the spool is new.");
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Its name, made now where it has none. Any number of processes may ask at once: all get the same.</summary>
    internal static string ReadOrMake(string folder, Action<string> syncFolder)
    {
        if (Read(folder) is { } known) return known;
        var host = new string([.. Environment.MachineName.Select(letter => IsPlain(letter) ? letter : '-')]);
        var draft = Path.Combine(folder, $"{FileName}.{Guid.CreateVersion7():N}");
        using (var file = new FileStream(draft, FileMode.CreateNew))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes($"{host}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}\n"));
            Posix.SyncFile(file.SafeFileHandle, draft);
        }

        Posix.Link(draft, Path.Combine(folder, FileName)); // taken already: another process was first, and its name counts
        File.Delete(draft);
        syncFolder(folder);
        return Read(folder) ?? throw new IOException($"{Path.Combine(folder, FileName)} was removed in the moment in which it was made.");
    }

    private static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-';
}
