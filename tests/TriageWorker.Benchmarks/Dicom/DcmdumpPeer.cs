using System.Diagnostics;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Dicom;

/// <summary>
/// DCMTK's parser: <c>dcmdump</c> over all files ten times, printing one attribute of each. What it takes over a single file is
/// taken off, since that is mostly its start. It reads no more than 4 KB of a value unless told to (<c>+M</c>).
/// </summary>
public sealed class DcmdumpPeer(string[] files) : IFileWorker
{
    private const int Times = 10; // else its start outweighs the files

    private static readonly string[] s_print = ["+P", "0008,0018"];

    public string Name => "dcmdump";

    public double? PeakMegabytes => null;

    public async Task<double?> RunAsync(FileTask task, CancellationToken stop)
    {
        if (task == FileTask.Write) return null;
        var load = task == FileTask.Parse ? "+M" : "-M";
        string[] many = [.. Enumerable.Repeat(files, Times).SelectMany(paths => paths)];
        var one = await TimeAsync(load, files[..1]);
        return (await TimeAsync(load, many) - one) * files.Length / (many.Length - 1);
    }

    private static async Task<double> TimeAsync(string load, string[] files)
    {
        var start = Stopwatch.GetTimestamp();
        (await ExternalTool.RunAsync("dcmdump", [load, .. s_print, .. files])).Expect();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
