using System.Runtime.InteropServices;

namespace TriageWorker.Store;

/// <summary>The two calls that a crash-safe spool needs and the runtime does not offer: hard links and syncing a folder.</summary>
internal static partial class Posix
{
    private const int Exists = 17; // EEXIST
    private const int ReadOnlyDirectory = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC, Linux

    /// <summary>Gives a file a second name.</summary>
    /// <returns>False when the name is taken.</returns>
    public static bool Link(string existing, string name)
    {
        if (LinkFile(existing, name) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        return error == Exists ? false : throw Error("link", name, error);
    }

    /// <summary>Makes the names in a folder survive a crash of the machine.</summary>
    public static void SyncFolder(string folder)
    {
        var descriptor = Open(folder, ReadOnlyDirectory, 0);
        if (descriptor < 0) throw Error("open", folder, Marshal.GetLastPInvokeError());
        try
        {
            if (Sync(descriptor) != 0) throw Error("fsync", folder, Marshal.GetLastPInvokeError());
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Error(string call, string path, int error) =>
        new($"{call} of '{path}' failed: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).");

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int LinkFile(string existing, string name);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags, int mode);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
