using TriageWorker.Delivery;
using TriageWorker.Host.Doctor;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Doctor;

public sealed class StowCheckTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Orthanc_answers_and_nothing_is_stored_in_it()
    {
        await using var orthanc = new OrthancFixture { Options = new Dictionary<string, object> { ["Plugins"] = new[] { OrthancFixture.DicomWebPlugin } } };
        await orthanc.InitializeAsync();
        var only = await RunAsync(orthanc.DicomWeb);
        only.Judgement.ShouldBe(Judgement.Ok, only.What);
        only.What.ShouldMatch($@"^{orthanc.DicomWeb}/studies answers in \d+ ms \(an empty STOW-RS request: .+\)\.$");
        (await orthanc.CountAsync(Stop)).ShouldBe(0);

        var wrong = await RunAsync(new Uri(orthanc.DicomWeb, "/elsewhere"));
        wrong.Judgement.ShouldBe(Judgement.Fault);
        wrong.ToDo!.ShouldStartWith("Look at Url");
    }

    [Theory]
    [InlineData(400, Judgement.Ok, null)]
    [InlineData(401, Judgement.Fault, "Have its administrator let this account store")]
    [InlineData(302, Judgement.Fault, "Look at Url")]
    [InlineData(503, Judgement.Fault, "Look at its log")]
    public async Task Its_answer_says_what_is_to_be_done(int status, object judgement, string? toDo)
    {
        await using var web = await AnsweringWeb.StartAsync(status);
        var only = await RunAsync(web.Address);
        only.Judgement.ShouldBe(judgement);
        if (toDo is null) only.ToDo.ShouldBeNull();
        else only.ToDo!.ShouldStartWith(toDo);
    }

    [Fact]
    public async Task One_where_nothing_listens_is_told_with_its_address()
    {
        var address = new Uri($"http://127.0.0.1:{Loopback.FreePort()}/dicom-web");
        var only = await RunAsync(address);
        only.Judgement.ShouldBe(Judgement.Fault);
        only.What.ShouldStartWith($"{address}/studies cannot be reached");
        only.ToDo!.ShouldStartWith("Is it running");
    }

    private static async Task<Diagnosis> RunAsync(Uri url) =>
        (await new StowCheck(new Route { Name = "web", Kind = RouteKind.Stow, Url = url }, TimeSpan.FromSeconds(30), TimeProvider.System).RunAsync(Stop)).ShouldHaveSingleItem();
}
