using System.Diagnostics;

namespace TriageWorker.Store;

/// <summary>
/// Named points on the way of an image at which a test has this process end as a power cut ends it: by SIGKILL, in the middle of
/// what it does. Nothing is armed unless a test says so; passing a point then costs one look at a field.
/// </summary>
public static class FailPoint
{
    /// <summary>All bytes of an object are in its file, its mark is not.</summary>
    public const string Written = "spool.written";

    /// <summary>The mark is written, nothing is synced.</summary>
    public const string Marked = "spool.marked";

    /// <summary>File and name are safe; success is not sent.</summary>
    public const string Synced = "spool.synced";

    /// <summary>Success was handed to the network.</summary>
    public const string Answered = "answered";

    /// <summary>The file has its lasting name, whose folder is not synced.</summary>
    public const string Linked = "linked";

    /// <summary>Lasting names are safe; there are no rows.</summary>
    public const string FolderSynced = "folder-synced";

    /// <summary>The rows are committed; the incoming names are still there.</summary>
    public const string Committed = "committed";

    /// <summary>An incoming name is gone.</summary>
    public const string Unlinked = "unlinked";

    /// <summary>A file that a process left behind was taken over; the others were not yet.</summary>
    public const string Adopted = "adopted";

    private static Armed? s_armed;

    /// <summary>Every point, in the order in which an image passes them.</summary>
    public static IReadOnlyList<string> All { get; } = [Written, Marked, Synced, Answered, Linked, FolderSynced, Committed, Unlinked, Adopted];

    /// <summary>From now on the process ends when it passes this point for the so-manieth time. For tests alone: see <c>Testing:KillAt</c>.</summary>
    /// <exception cref="ArgumentException">There is no such point.</exception>
    public static void Arm(string point, int passing)
    {
        if (!All.Contains(point)) throw new ArgumentException($"There is no fail point '{point}'.", nameof(point));
        Volatile.Write(ref s_armed, new Armed(point, passing));
    }

    /// <summary>Says that this point is passed. Does not return where that ends the process.</summary>
    public static void Pass(string point)
    {
        if (s_armed is { } armed && armed.IsMet(point)) Die();
    }

    // What SIGKILL of itself leaves is what SIGKILL by anybody leaves: nothing is flushed, closed or told to anyone.
    private static void Die()
    {
        using var own = Process.GetCurrentProcess();
        own.Kill();
    }

    private sealed class Armed(string point, int passing)
    {
        private int _left = passing;

        public bool IsMet(string passed) => passed == point && Interlocked.Decrement(ref _left) == 0;
    }
}
