using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriageWorker.Testing;

namespace TriageWorker.Store.Tests;

/// <summary>A process that publishes what it finds in a spool, twice, while strace watches it or lets a call of it fail.</summary>
internal static class PublishingProcess
{
    /// <summary>Runs it.</summary>
    /// <param name="watched">The folder whose syncs are of interest.</param>
    /// <param name="fault">As strace takes it, such as <c>fsync:error=EIO:when=1</c>.</param>
    /// <returns>What became of each attempt, and how many syncs of the folder succeeded.</returns>
    public static async Task<(string[] Attempts, int Syncs)> RunAsync(string spool, string watched, string? fault = null)
    {
        using var folder = new TemporaryFolder();
        var trace = folder.At("trace");
        string[] inject = fault is null ? [] : ["-e", "inject=" + fault];
        var result = (await ExternalTool.RunAsync(
            "strace", ["-f", "--seccomp-bpf", "-o", trace, "-P", watched, "-e", "trace=fsync", .. inject, Environment.ProcessPath!, "publish", spool],
            new Dictionary<string, string>())).Expect();
        var attempts = result.Output.Split('\n').Where(line => line.StartsWith("attempt: ", StringComparison.Ordinal)).Select(line => line["attempt: ".Length..]);
        return ([.. attempts], File.ReadLines(trace).Count(line => line.Contains("fsync(", StringComparison.Ordinal) && line.TrimEnd().EndsWith("= 0", StringComparison.Ordinal)));
    }

    /// <summary>The child's side.</summary>
    public static int Run(string folder)
    {
        using var spool = new Store.Spool(Options.Create(new SpoolOptions { Folder = folder, MinimumFreeBytes = 0 }), NullLogger<Store.Spool>.Instance);
        spool.Adopt(CancellationToken.None);
        var files = spool.Backlog().ToList();
        for (var attempt = 0; attempt < 2; attempt++)
        {
            try
            {
                Console.WriteLine($"attempt: {spool.Publish(files).Count} published");
            }
            catch (IOException failed)
            {
                Console.WriteLine($"attempt: {failed.GetType().Name}, {files.Count(file => File.Exists(file.Part))} kept");
            }
        }

        return 0;
    }
}
