using System.ComponentModel.DataAnnotations;

namespace TriageWorker.Scoring;

/// <summary>Section <c>Scoring:Cache</c>: where images that lie on other nodes are kept for a while.</summary>
public sealed record ImageCacheOptions
{
    /// <summary>Each scoring process has a folder of its own in it, and one that starts again takes over what is there. Relative to the working directory.</summary>
    [Required]
    public string Folder { get; init; } = "var/cache";

    /// <summary>With more than this in a process's folder, what was used longest ago is removed; never what is in use.</summary>
    [Range(1L << 20, long.MaxValue)]
    public long Bytes { get; init; } = 20L << 30;
}

/// <summary>Section <c>Scoring:Nodes</c>: how images are read from the nodes that hold them.</summary>
public sealed record NodeReadingOptions
{
    /// <summary>Images that are read at the same time for one study.</summary>
    [Range(1, 64)]
    public int Parallel { get; init; } = 4;

    /// <summary>A node that sends nothing for longer than this counts as away.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often a node that is away is asked again. One that comes back makes it sooner.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan TryEvery { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Studies that wait for a node for longer than this raise an alarm.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan AlarmAfter { get; init; } = TimeSpan.FromMinutes(5);
}
