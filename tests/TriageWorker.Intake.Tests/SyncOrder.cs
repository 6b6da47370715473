namespace TriageWorker.Intake.Tests;

/// <summary>What must have returned before what, for an image that is acknowledged. Everything amiss is one sentence; none when all is well.</summary>
internal static class SyncOrder
{
    public const string ObjectUnsynced = "The object was not synced after its last byte.";
    public const string NameUnsynced = "The folder was not synced after it got the object's name.";
    public const string LastingNameUnsynced = "The folder of the lasting name was not synced between its link and the commit.";
    public const string UnlinkedEarly = "The incoming name was gone before the rows were committed.";

    /// <param name="said">The call that tells the sender.</param>
    public static IReadOnlyList<string> BeforeSuccess(SystemCall said, IReadOnlyList<SystemCall> calls)
    {
        var before = calls.Where(call => call.Ended < said.Began).ToList();
        var written = before.Last(call => call.Is("pwrite64") && call.Path.EndsWith(".part", StringComparison.Ordinal));
        var named = before.Single(call => call.Is("openat") && call.Says($"\"{written.Path}\"") && call.Says("O_CREAT"));
        List<string> amiss = [];
        if (!before.Any(call => call.Is("fsync", "fdatasync") && call.Succeeded && call.Path == written.Path && call.Began > written.Ended)) amiss.Add(ObjectUnsynced);
        if (!before.Any(call => call.Is("fsync") && call.Succeeded && call.Path == Path.GetDirectoryName(written.Path) && call.Began > named.Ended)) amiss.Add(NameUnsynced);
        return amiss;
    }

    /// <param name="committing">The call that asks for the commit of its row.</param>
    /// <param name="committed">The call after which the row is known to be there.</param>
    public static IReadOnlyList<string> AroundCommit(SystemCall committing, SystemCall committed, IReadOnlyList<SystemCall> calls)
    {
        var linked = calls.First(call => call.Is("link", "linkat") && call.Succeeded && call.Says(".part\""));
        var names = linked.Text.Split('"'); // link("incoming name", "lasting name")
        var unlinked = calls.First(call => call.Is("unlink", "unlinkat") && call.Says($"\"{names[1]}\""));
        List<string> amiss = [];
        if (!calls.Any(call => call.Is("fsync") && call.Succeeded && call.Path == Path.GetDirectoryName(names[3]) && call.Began > linked.Ended && call.Ended < committing.Began))
            amiss.Add(LastingNameUnsynced);
        if (unlinked.Began < committed.Ended) amiss.Add(UnlinkedEarly);
        return amiss;
    }
}
