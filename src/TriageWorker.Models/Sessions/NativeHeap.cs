using System.Runtime.InteropServices;

namespace TriageWorker.Models.Sessions;

/// <summary>The C library's heap, where ONNX Runtime keeps what it computes with on a processor.</summary>
internal static partial class NativeHeap
{
    /// <summary>
    /// Gives back what is free. The library keeps what it once had, in pieces: after the first score of a full-size Merlin that is half a gigabyte, which no later score
    /// uses and each would have beside its own.
    /// </summary>
    public static void GiveBack()
    {
        if (OperatingSystem.IsLinux()) _ = Trim(0);
    }

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
