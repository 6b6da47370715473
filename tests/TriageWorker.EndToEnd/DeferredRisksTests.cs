using TriageWorker.Phantoms;
using TriageWorker.Testing;

namespace TriageWorker.EndToEnd;

/// <summary>Risks that come after the urgent work, in a process that is killed between the two.</summary>
public sealed class DeferredRisksTests(PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    /// <summary>Of each pass: long enough for a kill to fall into the second.</summary>
    private static readonly TimeSpan Latency = TimeSpan.FromSeconds(5);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_process_killed_after_the_decision_adds_the_risks_when_it_starts_again_and_decides_nothing_twice()
    {
        await using var database = await SharedDatabase.CreateAsync(server);
        var package = TinyPackage.Write(_folder.At("tiny"), threshold: -2, latency: Latency, deferredRisks: true);
        var images = PhantomDicom.Write(Phantom.Draw(MainJob.Small(801)), _folder.At("study"), new PhantomWriteOptions { Identity = "killed between" });
        var study = images.StudyInstanceUid;

        await using (var product = await StartAsync(database, package))
        {
            await product.PushFolderAsync(_folder.At("study"));
            await database.UntilAsync("exists (select from work where key like 'deferred/%' and state = 'leased')", () => product.Log);
            await product.KillAsync();
        }

        (await CountsAsync(database)).ShouldBe((1, 1, 0), "the decision is committed before the risks are computed");
        (await TypeAsync(database, "study", study)).Expect().Output.ShouldContain("decided");

        await using (var product = await StartAsync(database, package))
        {
            var said = await product.StudyAsync(study, each => each["scores"]?["risks"]?.AsArray().Count == 2);
            said["scores"]!["risksRemark"].ShouldBeNull();
            (await product.StopAsync()).ShouldBe(0, product.Log);
            (await product.TypeAsync("audit", "verify")).Expect();
        }

        (await CountsAsync(database)).ShouldBe((1, 1, 1));
        (await database.ReadAsync<string>("select string_agg(event, ' ' order by id) from audit where event in ('decision.made', 'result.extended')")).ShouldBe("decision.made result.extended");
        (await TypeAsync(database, "study", study)).Expect().Output.ShouldContain("2 five-year risks, after the urgent work");
    }

    private Task<Product> StartAsync(SharedDatabase database, string package) => Product.StartAsync(_folder.At("product"),
        ("Database:ConnectionString", Connection(database)), ("Scoring:Packages:0:Folder", package), ("Intake:IdleTime", "00:00:01"), ("Bus:Lease", "00:00:06"), ("Bus:SweepEvery", "00:00:01"));

    private static async Task<(long Results, long Decisions, long Additions)> CountsAsync(SharedDatabase database) => (
        await database.ReadAsync<long>("select count(*) from result"), await database.ReadAsync<long>("select count(*) from decision"), await database.ReadAsync<long>("select count(*) from result_addition"));

    private static Task<ToolResult> TypeAsync(SharedDatabase database, params string[] arguments) => ExternalTool.RunAsync("dotnet", [TriageProgram.Path, .. arguments],
        new Dictionary<string, string>(TriageProgram.Environment) { ["TRIAGE__Database__ConnectionString"] = Connection(database) });

    private static string Connection(SharedDatabase database) => database.Settings.Single(setting => setting.Key == "Database:ConnectionString").Value;
}
