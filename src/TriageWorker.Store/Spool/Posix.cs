using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TriageWorker.Store;

/// <summary>The calls that a crash-safe spool needs and the runtime does not offer: hard links, and syncs that tell every failure.</summary>
/// <remarks><see cref="RandomAccess.FlushToDisk"/> takes EROFS, EINVAL and ENOTSUP for success.</remarks>
internal static partial class Posix
{
    private const int Exists = 17, NoSpace = 28, OverQuota = 122; // EEXIST, ENOSPC, EDQUOT
    private const int DontNeed = 4; // POSIX_FADV_DONTNEED
    private const int ReadOnlyDirectory = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC, Linux
    private const int Append = 0x2 | 0x40 | 0x400 | 0x80000, OwnerAndGroup = 0b110_100_000; // O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC; rw-r-----

    /// <summary>Gives a file a second name.</summary>
    /// <returns>False when the name is taken.</returns>
    public static bool Link(string existing, string name)
    {
        if (LinkFile(existing, name) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        return error == Exists ? false : throw Error("link", name, error);
    }

    /// <summary>The disk, or somebody's share of it, is full; nothing else is wrong with it.</summary>
    public static bool IsFull(IOException error) => error.HResult is NoSpace or OverQuota;

    /// <summary>Drops what memory holds of a synced file, so that reading it asks the disk. File systems in memory have nothing else.</summary>
    public static void Forget(SafeFileHandle file) => _ = Advise(file, 0, 0, DontNeed);

    /// <summary>How many names a file has; 1 when that cannot be told.</summary>
    public static uint Names(string path)
    {
        const int size = 256, namesAt = 16; // struct statx: the same on every machine
        const int workingDirectory = -100, names = 0x4; // AT_FDCWD, STATX_NLINK
        Span<byte> told = stackalloc byte[size];
        return StatFile(workingDirectory, path, 0, names, ref MemoryMarshal.GetReference(told)) == 0 ? MemoryMarshal.Read<uint>(told[namesAt..]) : 1;
    }

    /// <summary>Makes the bytes of a file survive a crash of the machine.</summary>
    /// <exception cref="SyncException">They may be lost.</exception>
    public static void SyncFile(SafeFileHandle file, string path)
    {
        if (Sync(file) == 0) return;
        var error = Marshal.GetLastPInvokeError();
        throw new SyncException(Text("fsync", path, error), error);
    }

    /// <summary>Makes the names in a folder survive a crash of the machine.</summary>
    /// <exception cref="SyncException">They may be lost.</exception>
    /// <exception cref="IOException">The folder cannot be opened; nothing was synced.</exception>
    public static void SyncFolder(string folder)
    {
        using var opened = Open(folder, ReadOnlyDirectory, 0);
        if (opened.IsInvalid) throw Error("open", folder, Marshal.GetLastPInvokeError());
        SyncFile(opened, folder);
    }

    /// <summary>
    /// Adds a line to a file and syncs it. Takes no lock, as every file stream of the runtime does: writers of several processes do not
    /// keep each other waiting, and the kernel puts each line behind the other.
    /// </summary>
    /// <param name="line">With its line end. What a crash tore before it gets one too.</param>
    public static void AppendLine(string path, byte[] line)
    {
        using var file = Open(path, Append, OwnerAndGroup);
        if (file.IsInvalid) throw Error("open", path, Marshal.GetLastPInvokeError());
        Span<byte> last = [(byte)'\n'];
        var length = RandomAccess.GetLength(file);
        if (length > 0) RandomAccess.Read(file, last, length - 1);
        RandomAccess.Write(file, last[0] == '\n' ? line : [(byte)'\n', .. line], length); // with O_APPEND Linux writes at the end, whatever the offset (pwrite(2))
        SyncFile(file, path);
    }

    private static IOException Error(string call, string path, int error) => new(Text(call, path, error), error);

    private static string Text(string call, string path, int error) => $"{call} of '{path}' failed: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).";

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int LinkFile(string existing, string name);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial SafeFileHandle Open(string path, int flags, int mode);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle descriptor);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatFile(int folder, string path, int flags, uint wanted, ref byte told);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle descriptor, long offset, long length, int advice);
}

/// <summary>A sync failed. The kernel says so once and forgets, so a second try proves nothing.</summary>
internal sealed class SyncException(string message, int error) : IOException(message, error);
