using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TriageWorker.Codecs;

/// <summary>Keeps what native libraries print away from the answers: they print to standard output, which goes to standard error from here on.</summary>
internal static partial class StandardOutput
{
    private const int Output = 1, Error = 2;

    /// <returns>What was standard output.</returns>
    public static FileStream TakeOver()
    {
        var real = Duplicate(Output);
        if (real < 0 || Duplicate(Error, Output) < 0) throw new IOException($"Standard output cannot be taken over: error {Marshal.GetLastPInvokeError()}.");
        return new FileStream(new SafeFileHandle(real, ownsHandle: true), FileAccess.Write, bufferSize: 0);
    }

    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Duplicate(int descriptor, int onto);
}
