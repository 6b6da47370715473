using System.Runtime.InteropServices;

namespace TriageWorker.Models.Sessions;

/// <summary>The C library's heap, where ONNX Runtime keeps what it computes with on a processor.</summary>
internal static partial class NativeHeap
{
    private const int MapThreshold = -3, Large = 1 << 20; // M_MMAP_THRESHOLD of mallopt(3)

    /// <summary>
    /// From now on large blocks go back to the system as soon as they are free, in the whole process. Left to itself the library raises its threshold to 32 MB and keeps pieces that fit
    /// nothing else: on a thread of the pool the first score of a full-size Merlin then took half a gigabyte more. Mapping costs time, but only the first run of a graph asks block by block.
    /// </summary>
    public static void LetGoOfLargeBlocks()
    {
        if (OperatingSystem.IsLinux()) _ = Set(MapThreshold, Large);
    }

    /// <summary>
    /// Gives back what is free. The library keeps what it once had, in pieces, which no later score uses and each would have beside its own.
    /// </summary>
    public static void GiveBack()
    {
        if (OperatingSystem.IsLinux()) _ = Trim(0);
    }

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int Set(int parameter, int value);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
