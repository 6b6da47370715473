using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Intake.Tests;

/// <summary>What is acknowledged is synced on disk: seen in the system calls themselves, in the order in which they were made.</summary>
public sealed class SyncTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    public const string SealVerb = "--seal-one-object";

    private const string SealedWords = "it is sealed";

    /// <summary>Command field 8001H of a command set, which is C-STORE-RSP (PS3.7, 9.3.1.2): tag (0000,0100), two bytes long.</summary>
    private const string StoreResponse = @"\x00\x00\x00\x01\x02\x00\x00\x00\x01\x80";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_object_and_its_name_are_synced_before_success_is_sent()
    {
        using var folder = new TemporaryFolder();
        var file = SomeFiles.Write(folder.At("study"), seed: 21, slices: 1).Files[0];
        using (var listener = await ListenerProcess.StartAsync(postgres.ConnectionString, folder.At("spool"), SystemCall.Watch(folder.At("trace"))))
        {
            await using var association = await DicomAssociation.RequestAsync(listener.Call([file]), Stop);
            (await association.StoreAsync(file, Stop)).ShouldBe(DimseStatus.Success);
        }

        var calls = SystemCall.ReadAll(folder.At("trace"));
        SeeSyncedBefore(calls.First(call => call.Is("sendto", "sendmsg") && call.Says(StoreResponse)), calls);
    }

    [Fact]
    public async Task Without_a_name_that_was_synced_beforehand_the_folder_is_synced_with_the_object()
    {
        using var folder = new TemporaryFolder();
        string[] command = [.. SystemCall.Watch(folder.At("trace")), Environment.ProcessPath!, SealVerb, folder.At("spool")];
        (await ExternalTool.RunAsync(command[0], command[1..])).Expect();

        var calls = SystemCall.ReadAll(folder.At("trace"));
        SeeSyncedBefore(calls.Single(call => call.Is("write") && call.Says(SealedWords)), calls);
    }

    /// <summary>The child's side: one object into a spool that nobody prepared names in.</summary>
    public static int SealOne(string spoolFolder)
    {
        using var spool = new Spool(Options.Create(new SpoolOptions { Folder = spoolFolder, MinimumFreeBytes = 0 }), NullLogger<Spool>.Instance);
        using var file = spool.Begin(new SpoolHead(DicomUid.CTImageStorage, DicomUid.NewRandom(), DicomUid.ExplicitVRLittleEndian, "CT1", "TRIAGE", Guid.NewGuid()));
        file.Append([1, 2, 3, 4]);
        file.Seal(TimeProvider.System.GetUtcNow());
        Console.WriteLine(SealedWords);
        return 0;
    }

    private static void SeeSyncedBefore(SystemCall said, List<SystemCall> calls)
    {
        var before = calls.Where(call => call.Ended < said.Began).ToList();
        var written = before.Last(call => call.Is("pwrite64") && call.Path.EndsWith(".part", StringComparison.Ordinal));
        var named = before.Single(call => call.Is("openat") && call.Says($"\"{written.Path}\"") && call.Says("O_CREAT"));
        before.ShouldContain(call => call.Is("fsync", "fdatasync") && call.Succeeded && call.Path == written.Path && call.Began > written.Ended,
            "The object was not synced after its last byte.");
        before.ShouldContain(call => call.Is("fsync") && call.Succeeded && call.Path == Path.GetDirectoryName(written.Path) && call.Began > named.Ended,
            "The folder was not synced after it got the object's name.");
    }
}
