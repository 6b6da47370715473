namespace TriageWorker.Testing;

/// <summary>A file system of its own, of a size that can be filled; it lives in memory. Only root may mount one.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    private SmallDisk()
    {
    }

    public string Path => _folder.Path;

    public string At(params string[] parts) => _folder.At(parts);

    public static async Task<SmallDisk> MountAsync(int megabytes)
    {
        var disk = new SmallDisk();
        (await ExternalTool.RunAsync("mount", ["-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", disk.Path])).Expect();
        return disk;
    }

    /// <summary>As when somebody makes room, or the volume is made larger.</summary>
    public async Task GrowAsync(int megabytes) => (await ExternalTool.RunAsync("mount", ["-o", $"remount,size={megabytes}m", Path])).Expect();

    public async ValueTask DisposeAsync()
    {
        (await ExternalTool.RunAsync("umount", [Path])).Expect();
        _folder.Dispose();
    }
}
