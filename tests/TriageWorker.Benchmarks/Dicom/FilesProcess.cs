using System.Diagnostics;
using System.Globalization;
using TriageWorker.Dicom;
using TriageWorker.Host;

namespace TriageWorker.Benchmarks.Dicom;

/// <summary>This program as the reader and writer of files, so that its memory is that of the task alone.</summary>
/// <remarks>Answers each task on a line of its input with the seconds it took and the managed bytes per file; ends with its input.</remarks>
public static class FilesProcess
{
    public const string Verb = "handle-files";

    /// <param name="arguments">The folder to write to, then the files.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var (target, files) = (arguments[0], arguments[1..]);
        DicomFile[]? read = null;
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var task = Enum.Parse<FileTask>(line, ignoreCase: true);
            if (task == FileTask.Write) read ??= [.. files.Select(path => DicomFile.Read(path))];
            var (start, allocated) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
            for (var i = 0; i < files.Length; i++)
            {
                if (task == FileTask.Write) read![i].Write(Path.Combine(target, Path.GetFileName(files[i])));
                else _ = DicomFile.Read(files[i], task == FileTask.Header ? DicomReadOptions.HeaderOnly : DicomReadOptions.Default);
            }

            allocated = (GC.GetAllocatedBytesForCurrentThread() - allocated) / files.Length;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start).TotalSeconds} {allocated}"));
        }

        return ExitCode.Done;
    }
}
