using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Intake.Tests;

/// <summary>What is acknowledged is synced on disk: seen in the system calls themselves, in the order in which they were made.</summary>
public sealed class SyncTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    /// <summary>Command field 8001H of a command set, which is C-STORE-RSP (PS3.7, 9.3.1.2): tag (0000,0100), two bytes long.</summary>
    private const string StoreResponse = @"\x00\x00\x00\x01\x02\x00\x00\x00\x01\x80";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_object_and_its_name_are_synced_before_success_is_sent()
    {
        var calls = await ListenAsync(seed: 21, leftOut: []);
        SyncOrder.BeforeSuccess(Success(calls), calls).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_object_that_comes_by_STOW_RS_and_its_name_are_synced_before_200_is_sent()
    {
        var calls = await ListenAsync(seed: 24, leftOut: [], StowAsync);
        SyncOrder.BeforeSuccess(Ok(calls), calls).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_lasting_name_is_synced_before_the_row_is_committed_and_the_incoming_one_goes_after_that()
    {
        var calls = await ListenAsync(seed: 22, leftOut: []);
        var inserted = calls.First(call => call.Is("sendto", "sendmsg") && call.Carries("insert into instance"));
        var committing = calls.First(call => call.Began > inserted.Ended && call.Is("sendto", "sendmsg") && call.Path == inserted.Path && call.Carries("COMMIT\0"));
        var committed = calls.First(call => call.Ended > committing.Ended && call.Is("recvfrom", "recvmsg", "read") && call.Path == inserted.Path && call.Carries("COMMIT\0"));
        SyncOrder.AroundCommit(committing, committed, calls).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_listener_whose_syncs_do_nothing_is_found_out()
    {
        var calls = await ListenAsync(seed: 23, SystemCall.LeaveOut("fsync"));
        SyncOrder.BeforeSuccess(Success(calls), calls).ShouldBe([SyncOrder.ObjectUnsynced, SyncOrder.NameUnsynced]);
        calls = await ListenAsync(seed: 25, SystemCall.LeaveOut("fsync"), StowAsync);
        SyncOrder.BeforeSuccess(Ok(calls), calls).ShouldBe([SyncOrder.ObjectUnsynced, SyncOrder.NameUnsynced]);
    }

    [Fact]
    public async Task Without_a_name_that_was_synced_beforehand_the_folder_is_synced_with_the_object()
    {
        var calls = await KeepAsync();
        Amiss(calls).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(".part", SyncOrder.ObjectUnsynced)]
    [InlineData("incoming", SyncOrder.NameUnsynced)]
    [InlineData("objects", SyncOrder.LastingNameUnsynced)]
    public async Task Each_sync_that_is_left_out_is_missed(string what, string sentence)
    {
        // Which of the process's syncs it is, is seen in a run that makes them all.
        var syncs = (await KeepAsync()).Where(call => call.Is("fsync")).ToList();
        var last = syncs.FindLastIndex(call => Kind(call.Path) == what);

        var calls = await KeepAsync(SystemCall.LeaveOut("fsync", last + 1));

        calls.Count(call => call.Is("fsync")).ShouldBe(syncs.Count - 1);
        Amiss(calls).ShouldBe([sentence]);
    }

    [Fact]
    public async Task An_incoming_name_that_goes_before_the_commit_is_missed() => Amiss(await KeepAsync(["--early"], [])).ShouldBe([SyncOrder.UnlinkedEarly]);

    private static string Kind(string path) => path.EndsWith(".part", StringComparison.Ordinal) ? ".part" : Path.GetFileName(Path.GetDirectoryName(path))!;

    private static SystemCall Success(List<SystemCall> calls) => calls.First(call => call.Is("sendto", "sendmsg") && call.Says(StoreResponse));

    private static SystemCall Ok(List<SystemCall> calls) => calls.First(call => call.Is("sendto", "sendmsg") && call.Carries("HTTP/1.1 200"));

    private static IReadOnlyList<string> Amiss(List<SystemCall> calls)
    {
        SystemCall Said(string words) => calls.Single(call => call.Is("write") && call.Says(words));
        return [.. SyncOrder.BeforeSuccess(Said(OneObject.Sealed), calls), .. SyncOrder.AroundCommit(Said(OneObject.Committed), Said(OneObject.Committed), calls)];
    }

    /// <summary>One image through a listener on a real database, until its incoming name is gone.</summary>
    private Task<List<SystemCall>> ListenAsync(int seed, string[] leftOut) => ListenAsync(seed, leftOut, StoreAsync);

    private async Task<List<SystemCall>> ListenAsync(int seed, string[] leftOut, Func<ListenerProcess, string, Task> send)
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed, slices: 1);
        using (var listener = await ListenerProcess.StartAsync(postgres.ConnectionString, folder.At("spool"), SystemCall.Watch(folder.At("trace"), leftOut)))
        {
            await send(listener, study.Files[0]);
            await postgres.InstancesAsync(study.StudyInstanceUid, 1);
            await Rows.UntilAsync(_ => Task.FromResult(Directory.EnumerateFiles(folder.At("spool", "incoming"), "*.part", SearchOption.AllDirectories).All(file => new FileInfo(file) is not { Exists: true, Length: > 0 })));
        }

        return SystemCall.ReadAll(folder.At("trace"));
    }

    private static async Task StoreAsync(ListenerProcess listener, string file)
    {
        await using var association = await DicomAssociation.RequestAsync(listener.Call([file]), Stop);
        (await association.StoreAsync(file, Stop)).ShouldBe(DimseStatus.Success);
    }

    private static async Task StowAsync(ListenerProcess listener, string file)
    {
        using var http = new HttpClient();
        using var content = new ByteArrayContent(StowBody.Of(await File.ReadAllBytesAsync(file, Stop)));
        content.Headers.TryAddWithoutValidation("Content-Type", StowBody.Type);
        using var answer = await http.PostAsync(new Uri(listener.DicomWeb, "studies"), content, Stop);
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
    }

    private static Task<List<SystemCall>> KeepAsync(params string[] leftOut) => KeepAsync([], leftOut);

    private static async Task<List<SystemCall>> KeepAsync(string[] options, string[] leftOut)
    {
        using var folder = new TemporaryFolder();
        string[] command = [.. SystemCall.Watch(folder.At("trace"), leftOut), Environment.ProcessPath!, OneObject.Verb, folder.At("spool"), .. options];
        (await ExternalTool.RunAsync(command[0], command[1..])).Expect();
        return SystemCall.ReadAll(folder.At("trace"));
    }
}
