using System.Runtime.InteropServices;

namespace TriageWorker.Store;

/// <summary>PostgreSQL is stopped by signals (its manual, "Shutting Down the Server"), which .NET cannot send.</summary>
internal static partial class Signals
{
    /// <summary>Fast: ends sessions, writes a checkpoint, leaves.</summary>
    public const int Interrupt = 2;

    /// <summary>Immediate: leaves at once; the next start recovers from the log.</summary>
    public const int Quit = 3;

    public static bool Send(int pid, int signal) => Kill(pid, signal) == 0;

    /// <summary>The effective user of this process; 0 is root.</summary>
    public static bool IsRoot => EffectiveUser() == 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint EffectiveUser();
}
