using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>movescu asks, our <see cref="MoveService"/> sends.</summary>
public sealed class MoveScpTests
{
    private const string StudyRoot = DicomUid.StudyRootQueryRetrieveInformationModelMove;

    [Fact]
    public async Task What_movescu_asks_for_reaches_a_storescp_and_is_counted()
    {
        using var folder = new TemporaryFolder();
        var files = CtImage.WriteMany(folder, 4);
        await using var destination = await StoreScp.StartAsync(Directory.CreateDirectory(folder.At("received")).FullName, "-d");
        MoveRequest? asked = null;
        await using var receiver = await StartAsync(request =>
        {
            asked = request;
            return new MovePlan.Send(Peer.At(destination.Port), files);
        });
        var said = await MoveAsync(receiver, "-aet", "RADIOLOGIST");

        Status(said).ShouldBe("0x0000");
        // Three pending responses count down, the last response has no count of what remains (PS3.4, C.4.2.3.1).
        Counts(said, "Remaining").ShouldBe(["3", "2", "1", "none"]);
        Counts(said, "Completed").ShouldBe(["1", "2", "3", "4"]);
        asked!.ShouldSatisfyAllConditions(
            () => asked!.SopClassUid.ShouldBe(StudyRoot),
            () => asked!.Destination.ShouldBe("SOMEWHERE"),
            () => asked!.CallingAe.ShouldBe("RADIOLOGIST"),
            () => asked!.Identifier.GetString(DicomTag.StudyInstanceUID).ShouldBe(CtImage.StudyUid));
        Directory.GetFiles(destination.Folder).Order(StringComparer.Ordinal).Select(DataSetOf).ShouldBe(files.Select(DataSetOf)); // bit for bit
        (await destination.StopAsync()).ShouldContain("Move Originator AE Title      : RADIOLOGIST");
    }

    [Fact]
    public async Task A_destination_that_nobody_knows_is_said_to_be_unknown()
    {
        await using var receiver = await StartAsync(_ => new MovePlan.UnknownDestination());
        var said = await MoveAsync(receiver);
        Status(said).ShouldBe("0xa801");
        said.ShouldContain("no destination is called SOMEWHERE");
    }

    [Fact]
    public async Task What_a_destination_does_not_take_is_counted_and_named()
    {
        using var folder = new TemporaryFolder();
        string[] files = [CtImage.Write(folder.At("1.dcm"), 1), await CtImage.EncodeAsync(folder, 2, DicomUid.JPEGLosslessSV1), CtImage.Write(folder.At("3.dcm"), 3)];
        await using var destination = await StoreScp.StartAsync(Directory.CreateDirectory(folder.At("received")).FullName, "+x=");
        await using var receiver = await StartAsync(_ => new MovePlan.Send(Peer.At(destination.Port), files));
        var said = await MoveAsync(receiver);

        Status(said).ShouldBe("0xb000");
        Counts(said, "Failed").ShouldBe(["0", "1", "1"]);
        Counts(said, "Completed").ShouldBe(["1", "1", "2"]);
        said.ShouldContain(CtImage.UidOf(2)); // Failed SOP Instance UID List
        Directory.GetFiles(destination.Folder).Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_destination_that_takes_no_association_at_all_is_a_failure_of_everything()
    {
        using var folder = new TemporaryFolder();
        await using var destination = await StoreScp.StartAsync(folder.Path, "--refuse");
        await using var receiver = await StartAsync(_ => new MovePlan.Send(Peer.At(destination.Port), CtImage.WriteMany(folder, 2)));
        var said = await MoveAsync(receiver);
        Status(said).ShouldBe("0xa702");
        Counts(said, "Failed")[^1].ShouldBe("2");
        said.ShouldContain($@"{CtImage.UidOf(1)}\{CtImage.UidOf(2)}");
    }

    [Fact]
    public async Task Nothing_to_send_is_a_success_without_a_call()
    {
        await using var receiver = await StartAsync(_ => new MovePlan.Send(Peer.At(port: 1), []));
        Status(await MoveAsync(receiver)).ShouldBe("0x0000");
    }

    [Fact]
    public async Task A_retrieval_that_movescu_cancels_ends_while_the_destination_still_takes_its_time()
    {
        using var folder = new TemporaryFolder();
        await using var destination = await Receiver.StartAsync();
        var disk = new TaskCompletionSource();
        destination.Storage.Disk = disk.Task;
        string[] files = [folder.At("gone.dcm"), .. CtImage.WriteMany(folder, 3)]; // the first fails at once, which is the response that movescu waits for
        var call = Peer.At(destination.Port) with { CloseTimeout = TimeSpan.FromMilliseconds(10) }; // it is busy with its disk
        await using var receiver = await StartAsync(_ => new MovePlan.Send(call, files));
        var said = await MoveAsync(receiver, "--cancel", "1");
        disk.SetResult();

        Status(said).ShouldBe("0xfe00");
        Counts(said, "Remaining").ShouldBe(["3", "3"]);
        Counts(said, "Failed").ShouldBe(["1", "1"]);
        (await receiver.Storage.NextEndingAsync()).Kind.ShouldBe(EndingKind.Released);
    }

    [Fact]
    public async Task Movescu_that_is_its_own_destination_gets_what_it_asked_for()
    {
        using var folder = new TemporaryFolder();
        var files = CtImage.WriteMany(folder, 3);
        var port = Loopback.FreePort();
        await using var receiver = await StartAsync(_ => new MovePlan.Send(Peer.At(port), files));
        var said = await MoveAsync(receiver, "+P", $"{port}", "-od", Directory.CreateDirectory(folder.At("received")).FullName);
        Status(said).ShouldBe("0x0000", said);
        var received = Directory.GetFiles(folder.At("received")).Order(StringComparer.Ordinal).ToList();
        received.Count.ShouldBe(files.Count);
        foreach (var (file, copy) in files.Zip(received)) DataSetDifferences.Between(DicomFile.Read(file).Dataset, DicomFile.Read(copy).Dataset).ShouldBeEmpty();
    }

    private static async Task<string> MoveAsync(Receiver receiver, params string[] options) => (await Peer.CallAsync("movescu", receiver.Port,
        ["-d", "-S", "-aem", "SOMEWHERE", .. options, "-k", "QueryRetrieveLevel=STUDY", "-k", $"StudyInstanceUID={CtImage.StudyUid}"])).Output;

    private static async Task<Receiver> StartAsync(Func<MoveRequest, MovePlan> plan)
    {
        var receiver = await Receiver.StartAsync();
        receiver.Storage.Beside = caller => [new MoveService([StudyRoot], caller.CallingAe, (request, _) => new(plan(request)))];
        return receiver;
    }

    private static string Status(string said) => said.Split('\n').Last(line => line.Contains("DIMSE Status", StringComparison.Ordinal)).Split(':')[2].Trim();

    /// <summary>What each C-MOVE response says of one kind of sub-operations.</summary>
    private static string[] Counts(string said, string kind) =>
        [.. said.Split('\n').Where(line => line.Contains($"{kind} Suboperations", StringComparison.Ordinal)).Select(line => line.Split(':')[^1].Trim())];

    private static string DataSetOf(string path) => Convert.ToHexString(File.ReadAllBytes(path).AsSpan((int)Part10Head.Read(path).DataSetOffset));
}
