using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom;
using TriageWorker.Testing;

namespace TriageWorker.Store.Tests;

/// <summary>A process that keeps two objects one after the other, while strace lets the sync of the first one fail.</summary>
internal static class KeepingProcess
{
    private const string Prefix = "object: ";

    /// <param name="fault">As strace takes it, such as <c>fsync:error=EIO</c>.</param>
    /// <returns>What became of each object, and how the spool was then.</returns>
    public static async Task<string[]> RunAsync(string spool, string fault)
    {
        using var folder = new TemporaryFolder();
        // The folders are synced three times while the spool is opened, and once for the names that are made ahead.
        var result = (await ExternalTool.RunAsync(
            "strace", ["-f", "--seccomp-bpf", "-o", folder.At("trace"), "-e", "trace=fsync", "-e", $"inject={fault}:when=5", Environment.ProcessPath!, "keep", spool], new Dictionary<string, string>())).Expect();
        return [.. result.Output.Split('\n').Where(line => line.StartsWith(Prefix, StringComparison.Ordinal)).Select(line => line[Prefix.Length..])];
    }

    /// <summary>The child's side.</summary>
    public static int Run(string folder)
    {
        using var spool = new Store.Spool(Options.Create(new SpoolOptions { Folder = folder, MinimumFreeBytes = 0 }), NullLogger<Store.Spool>.Instance);
        spool.PrepareNames();
        for (var i = 0; i < 2; i++)
        {
            var said = TryKeep(spool) ? "kept" : "refused";
            var quarantined = Directory.GetFiles(Path.Combine(folder, "quarantine"), "*.part").Length;
            Console.WriteLine($"{Prefix}{said}, {(spool.Failure is null ? "no failure" : "failing")}, {(spool.IsFull ? "full" : "not full")}, {quarantined} in quarantine");
        }

        return 0;
    }

    private static bool TryKeep(Store.Spool spool)
    {
        try
        {
            using var file = spool.Begin(new SpoolHead(DicomUid.CTImageStorage, "1.2.3", DicomUid.ExplicitVRLittleEndian, "CT1", "TRIAGE", Guid.NewGuid()));
            file.Append([1, 2, 3, 4]);
            file.Seal(TimeProvider.System.GetUtcNow());
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
