using System.Globalization;
using TriageWorker.Testing;

namespace TriageWorker.Chaos;

/// <summary>A small file system in memory that can be filled to its last byte and emptied again. Mounting it takes rights that not everybody has.</summary>
internal sealed class SpoolVolume : IAsyncDisposable
{
    private const int Megabytes = 320;
    private readonly string _folder, _filler;

    private SpoolVolume(string folder) => (_folder, _filler) = (folder, Path.Combine(folder, "filler"));

    public string Spool => Path.Combine(_folder, "spool");

    /// <returns>Null where it cannot be mounted.</returns>
    public static async Task<SpoolVolume?> TryMountAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        var mounted = await ExternalTool.RunAsync("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={Megabytes}m"), "triage-test", folder);
        return mounted.ExitCode == 0 ? new SpoolVolume(folder) : null;
    }

    /// <summary>Leaves so many bytes free.</summary>
    public void Fill(long leave)
    {
        using var filler = File.OpenHandle(_filler, FileMode.Create, FileAccess.Write);
        var block = new byte[256 * 1024];
        var free = new DriveInfo(_folder).AvailableFreeSpace - leave;
        try
        {
            for (long at = 0; at < free; at += block.Length) RandomAccess.Write(filler, block.AsSpan(0, (int)Math.Min(block.Length, free - at)), at);
        }
        catch (IOException)
        {
            // The listeners were faster: it is full.
        }
    }

    public void Empty() => File.Delete(_filler);

    public async ValueTask DisposeAsync() => (await ExternalTool.RunAsync("umount", _folder)).Expect();
}
