using TriageWorker.Delivery;
using TriageWorker.Host.Doctor;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Doctor;

/// <summary>Against DCMTK's receiver.</summary>
public sealed class DestinationCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task One_that_answers_is_told_with_its_time_and_what_it_takes()
    {
        await using var receiver = await StoreScp.StartAsync(_folder.Path);
        var only = await RunAsync(receiver.Port);
        only.Judgement.ShouldBe(Judgement.Ok, only.What);
        only.What.ShouldMatch($@"^PACS at 127\.0\.0\.1:{receiver.Port} answers in \d+ ms \(C-ECHO: .+\) and takes Comprehensive 3D SR Storage, Comprehensive SR Storage, Enhanced SR Storage, Basic Text SR Storage\.$");
    }

    [Fact]
    public async Task One_that_takes_images_only_is_a_fault_for_each_document_that_it_would_never_get()
    {
        await File.WriteAllTextAsync(_folder.At("ct.cfg"),
            """
            [[TransferSyntaxes]]
            [Explicit]
            TransferSyntax1 = LittleEndianExplicit
            TransferSyntax2 = LittleEndianImplicit
            [[PresentationContexts]]
            [Images]
            PresentationContext1 = VerificationSOPClass\Explicit
            PresentationContext2 = CTImageStorage\Explicit
            [[Profiles]]
            [Default]
            PresentationContexts = Images

            """, Stop);
        await using var receiver = await StoreScp.StartAsync(_folder.Path, "-xf", _folder.At("ct.cfg"), "Default");
        var found = await Check(receiver.Port).RunAsync(Stop);
        found.Select(each => each.Judgement).ShouldBe([Judgement.Fault, Judgement.Fault]);
        found[0].What.ShouldEndWith("takes nothing that we send. It takes no structured report.");
        found[1].What.ShouldEndWith("so it would never hear that a study was not analysed.");
    }

    [Fact]
    public async Task One_that_lets_nobody_in_is_told_in_its_own_words()
    {
        await using var receiver = await StoreScp.StartAsync(_folder.Path, "--refuse");
        var only = await RunAsync(receiver.Port);
        only.Judgement.ShouldBe(Judgement.Fault);
        only.What.ShouldContain("rejected");
        only.ToDo!.ShouldContain("let TRIAGE of this machine in");
    }

    [Fact]
    public async Task One_where_nothing_listens_is_told_with_its_address()
    {
        var only = await RunAsync(Loopback.FreePort());
        only.Judgement.ShouldBe(Judgement.Fault);
        only.ToDo!.ShouldStartWith("Is it running");
    }

    [Fact]
    public async Task Our_own_store_needs_no_network() =>
        (await new DestinationCheck(new Route { Name = "own", Kind = RouteKind.OwnStore }, new DeliveryOptions(), TimeSpan.FromSeconds(30), TimeProvider.System).RunAsync(Stop)).Single().Judgement.ShouldBe(Judgement.Ok);

    private static async Task<Diagnosis> RunAsync(int port) => (await Check(port).RunAsync(Stop)).ShouldHaveSingleItem();

    private static DestinationCheck Check(int port) =>
        new(new Route { Name = "pacs", Host = "127.0.0.1", Port = port, CalledAe = "PACS", Documents = [DocumentKind.Sr] }, new DeliveryOptions(), TimeSpan.FromSeconds(30), TimeProvider.System);
}
