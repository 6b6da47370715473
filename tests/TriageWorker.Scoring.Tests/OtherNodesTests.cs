using Microsoft.AspNetCore.Http;
using TriageWorker.DicomWeb;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Scoring.Tests;

/// <summary>A study whose images another node holds, and what that node's answers mean. Whole studies are read so in the end-to-end tests.</summary>
public sealed class OtherNodesTests(ScoringFixture fixture) : IClassFixture<ScoringFixture>
{
    private readonly Guid _node = Guid.CreateVersion7();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(404), InlineData(410)]
    public async Task What_the_node_itself_no_longer_has_is_gone_and_the_study_is_not_analysed(int status)
    {
        await using var node = await NodeAsync(status);
        var study = await RunAsync();
        (await fixture.DecisionsAsync(study)).ShouldHaveSingleItem().Because.ShouldBe($"Not analysed because the files of 3 images are gone from node {Environment.MachineName}:/spool, which received them.");
        (await fixture.CountAsync("image_wait", study)).ShouldBe(0);
    }

    [Theory]
    [InlineData(503, "answered 503 Service Unavailable")]
    [InlineData(401, "answered 401 Unauthorized: not what is expected")]
    public async Task Any_other_refusal_lets_the_study_wait_without_an_attempt(int status, string because)
    {
        await using var node = await NodeAsync(status);
        var study = await RunAsync();
        (await WaitAsync(study)).Because.ShouldBe($"{node.Address.GetLeftPart(UriPartial.Authority)} {because}{(status == 401 ? "" : ".")}");
    }

    [Fact]
    public async Task A_proxy_that_does_not_find_the_image_says_nothing_of_the_node()
    {
        await using var proxy = await NodeAsync(404, says: Guid.CreateVersion7());
        var study = await RunAsync();
        (await WaitAsync(study)).Because.ShouldContain("404 Not Found came from something else than node");
        (await fixture.CountAsync("decision", study)).ShouldBe(0);
    }

    [Fact]
    public async Task A_node_of_which_nothing_is_known_or_that_serves_nothing_is_waited_for_with_what_to_do()
    {
        var study = await RunAsync();
        (await WaitAsync(study)).Because.ShouldBe($"node://{_node} has never said where it is read from.");

        await fixture.Get<SpoolNodeStore>().BeatAsync(_node, "/spool", null, TimeSpan.FromSeconds(15), Stop);
        var other = await RunAsync();
        (await WaitAsync(other)).Because.ShouldContain("does not serve its images: set Spool:Sharing:Port there.");
    }

    [Fact]
    public async Task Other_bytes_than_were_received_are_a_fault_that_names_the_node()
    {
        await using var node = await NodeAsync(200);
        var fault = await Should.ThrowAsync<ContentMismatchException>(RunAsync);
        fault.Message.ShouldStartWith($"Node {Environment.MachineName}:/spool does not give an image as it was received: it is no DICOM Part 10 file instead of ");
        Directory.GetFiles(fixture.Cache, "*.part", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    /// <summary>Answers in the name of the node, or of another.</summary>
    private async Task<AnsweringWeb> NodeAsync(int status, Guid? says = null)
    {
        var web = await AnsweringWeb.StartAsync(async http =>
        {
            (http.Response.StatusCode, http.Response.ContentType) = (status, "text/plain");
            http.Response.Headers[NodeHeaders.Node] = $"{says ?? _node}";
            if (status != 503) await http.Response.WriteAsync("not what is expected", http.RequestAborted);
        });
        await fixture.Get<SpoolNodeStore>().BeatAsync(_node, "/spool", web.Address, TimeSpan.FromSeconds(15), Stop);
        return web;
    }

    private async Task<StudyUid> RunAsync()
    {
        await fixture.ListAsync("update work set due_at = now() + interval '1 day' where state = 'due' returning id", row => row.GetInt64(0)); // those of other tests
        var study = await fixture.ArriveElsewhereAsync(_node);
        using var role = fixture.Role(0);
        await role.RunAsync(study);
        return study;
    }

    private async Task<ImageWait> WaitAsync(StudyUid study)
    {
        (await fixture.ListAsync("select state, attempts from work where stage = 'scoring' and study_uid = $1", row => (row.GetString(0), row.GetInt32(1)), study.Value)).ShouldBe([("due", 0)]);
        var wait = (await fixture.Get<ImageWaitStore>().FindAsync(study, Stop)).ShouldNotBeNull();
        (wait.Images, wait.Node.Id).ShouldBe((3, _node));
        return wait;
    }
}
