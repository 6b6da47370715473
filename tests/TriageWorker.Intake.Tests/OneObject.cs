using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom;
using TriageWorker.Store;

namespace TriageWorker.Intake.Tests;

/// <summary>This test executable as a process that takes one object all its way through a spool in which nobody prepared names, on one thread.</summary>
internal static class OneObject
{
    public const string Verb = "--keep-one-object", Sealed = "it is sealed", Committed = "it is committed";

    /// <param name="early">Removes the incoming name before the commit, which is wrong.</param>
    public static int Keep(string spoolFolder, bool early)
    {
        using var spool = new Spool(Options.Create(new SpoolOptions { Folder = spoolFolder, MinimumFreeBytes = 0 }), NullLogger<Spool>.Instance);
        using var file = spool.Begin(new SpoolHead(DicomUid.CTImageStorage, DicomUid.NewRandom(), DicomUid.ExplicitVRLittleEndian, "CT1", "TRIAGE", Guid.NewGuid()));
        file.Append([1, 2, 3, 4]);
        file.Seal(TimeProvider.System.GetUtcNow());
        Console.WriteLine(Sealed);
        var backlog = spool.Backlog().ToList();
        spool.Publish(backlog);
        if (early) spool.Retire(backlog);
        Console.WriteLine(Committed); // where the listener commits its rows
        if (!early) spool.Retire(backlog);
        return 0;
    }
}
