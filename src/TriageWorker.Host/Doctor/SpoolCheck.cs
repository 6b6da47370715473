using System.Globalization;
using TriageWorker.Store;

namespace TriageWorker.Host.Doctor;

/// <summary>The spool takes files, links them, syncs them for real, and has room.</summary>
internal sealed class SpoolCheck(SpoolOptions options) : Check("spool")
{
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(20), Unbelievable = TimeSpan.FromMicroseconds(5);

    // They keep nothing when the machine stops, or say that a sync is done before it is.
    private static readonly string[] Untrusted = ["tmpfs", "ramfs", "nfs", "nfs4", "cifs", "smb", "smb2", "fuse", "fuseblk", "9p", "v9fs", "overlay", "overlayfs"];

    public override Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop) => Task.FromResult<IReadOnlyList<Diagnosis>>([.. Found(SpoolProbe.Try(options))]);

    private IEnumerable<Diagnosis> Found(SpoolProbe probe)
    {
        var folder = Path.GetFullPath(options.Folder);
        if (probe.Fault is { } fault)
            yield return Fault($"{folder} cannot be used: {fault}", "Give the product's account the right to write there, on one file system with hard links for incoming and objects; or set Spool:Folder.");
        else
            yield return Ok(probe.IsMade ? $"{folder} takes files and links them." : $"{folder} is made at the first start, which may write there.");
        if (probe.Syncs.Count > 0) yield return Sync(probe);
        if (Untrusted.Contains(probe.FileSystem, StringComparer.OrdinalIgnoreCase))
            yield return Warning($"{folder} lies on {probe.FileSystem}, which may lose files that it said were safe.", "Put Spool:Folder on a local disk (ext4, xfs): an acknowledged image must survive a crash of the machine.");
        var room = $"{Size.Of(probe.FreeBytes)} are free; below {Size.Of(options.MinimumFreeBytes)} callers are told to come back.";
        yield return probe.FreeBytes < options.MinimumFreeBytes ? Fault(room, "Make room, or lower Spool:MinimumFreeBytes.")
            : probe.FreeBytes < 5 * options.MinimumFreeBytes ? Warning(room, "Make room: a CT study takes 50 MB to 1 GB.")
            : Ok(room);
    }

    private Diagnosis Sync(SpoolProbe probe)
    {
        var (median, worst) = (probe.Syncs.Order().ElementAt(probe.Syncs.Count / 2), probe.Syncs.Max());
        var what = string.Create(CultureInfo.InvariantCulture, $"A sync takes {median.TotalMilliseconds:0.###} ms, the worst of {probe.Syncs.Count} took {worst.TotalMilliseconds:0.###} ms ({probe.FileSystem}).");
        return median > Slow ? Warning(what, "Each image waits for one: use a faster disk, or scanners will feel it.")
            : median < Unbelievable ? Warning(what, "No disk is that fast: something says that it is done before it is (tmpfs, a cache without battery, eatmydata).")
            : Ok(what);
    }
}
