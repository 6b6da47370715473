using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TriageWorker.Benchmarks.Spooling;

/// <summary>Linux's calls for durability, for ways of keeping objects that the product does not take.</summary>
internal static partial class Disk
{
    private const int WriteOnly = 0x1, Create = 0x40, Exclusive = 0x80, CloseOnExec = 0x80000, DataSync = 0x1000, Directory = 0x10000, Mode = 0b110_100_000;

    /// <param name="syncs">O_DSYNC: each write returns when its bytes are safe.</param>
    public static SafeFileHandle New(string path, bool syncs = false) => Checked(Open(path, WriteOnly | Create | Exclusive | CloseOnExec | (syncs ? DataSync : 0), Mode), path);

    public static SafeFileHandle Folder(string path) => Checked(Open(path, Directory | CloseOnExec, 0), path);

    public static void Sync(SafeFileHandle file) => Check(FileSync(file));

    public static void SyncData(SafeFileHandle file) => Check(FileDataSync(file));

    /// <summary>All that the file system of this file has not written yet, in one go.</summary>
    public static void SyncFileSystem(SafeFileHandle file) => Check(FileSystemSync(file));

    private static SafeFileHandle Checked(SafeFileHandle file, string path) => file.IsInvalid ? throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}") : file;

    private static void Check(int result)
    {
        if (result != 0) throw new IOException(Marshal.GetLastPInvokeErrorMessage());
    }

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial SafeFileHandle Open(string path, int flags, int mode);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FileSync(SafeFileHandle file);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FileDataSync(SafeFileHandle file);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int FileSystemSync(SafeFileHandle file);
}
