using System.Security.Cryptography;
using System.Text;
using TriageWorker.Bus;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Web.Tests;

/// <summary>Puts studies into the database through the same stores as intake, closing, scoring and delivery do.</summary>
public sealed class Studies(IndexStore index, ClosingStore closing, SelectionStore selection, GenerationStore generations, OutcomeStore outcomes,
    AdditionStore additions, DeliveryStore deliveries, StudyStore studies, WorkQueue work, DirectoryInfo spool)
{
    private const string Ct = "1.2.840.10008.5.1.4.1.1.2", Sr = "1.2.840.10008.5.1.4.1.1.88.34", ExplicitLittleEndian = "1.2.840.10008.1.2.1";

    /// <summary>Free air high, ascites and splenomegaly medium, each from 0.5.</summary>
    public static Policy Policy { get; } = new("phantom", "1", "phantom",
    [
        new("free_air", FlagLevel.High, 0.5, 0.1), new("ascites", FlagLevel.Medium, 0.5, 0.1), new("splenomegaly", FlagLevel.Medium, 0.5, 0.1),
    ], new string('b', 64));

    private static readonly PackageIdentity Package = new("phantom", "0.1.0", "Phantom demonstration model", new string('a', 64), Demonstration: true);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Received and still open: more images may come.</summary>
    public async Task ArriveAsync(string study, string name, DateTimeOffset at, OrderClass order = OrderClass.Routine, int images = 3, string? description = "CT Abdomen and Pelvis")
    {
        var arrival = new StudyArrival(new(study), "CT1", order, TimeSpan.FromHours(1))
        {
            PatientName = name,
            PatientId = $"P{study.Split('.')[^1]}",
            BirthDate = "19610203",
            Sex = "F",
            Accession = $"A{study.Split('.')[^1]}",
            StudyDate = "20250301",
            Description = description,
        };
        await index.CommitAsync(new([], [.. Enumerable.Range(1, images).Select(i => Image(arrival, $"{study}.1", "Axial 1.5 mm", $"{study}.1.{i}", Ct, at.AddSeconds(0.02 * i)))]), Stop);
    }

    /// <summary>Complete: it waits to be scored.</summary>
    public async Task CloseAsync(string study)
    {
        await DueAsync(study);
        await using var claim = await ClaimAsync(Stage.Closing, study);
        await closing.CloseAsync(claim.Work, "3 images, association released, nothing for 5.0 s.", Stop);
    }

    /// <summary>Scored, and decided by <see cref="Policy"/>. Findings that are not named score 0.1.</summary>
    public Task ScoreAsync(string study, params (string Key, double Score)[] scores) => ScoreAsync(study, Policy, scores);

    /// <summary>Scored while no finding is in use.</summary>
    public Task ScoreSilentlyAsync(string study) => ScoreAsync(study, Policy with { Approved = [] }, []);

    /// <summary>Scored by a package that computes its risks after the urgent work.</summary>
    public Task ScoreUrgentlyAsync(string study, params (string Key, double Score)[] scores) => ScoreAsync(study, Policy, scores, risksFollow: true);

    /// <summary>They are there, or say why they are not.</summary>
    public async Task SettleRisksAsync(string study, string? because = null)
    {
        await using var claim = await ClaimAsync(Stage.Scoring, study);
        var generation = DeferredWork.GenerationOf(claim.Key);
        if (because is null) await additions.AddAsync(claim.Work, new(generation, Scores([]).Risks, new byte[32], "CPU", "0.1.0", new Dictionary<string, double> { ["model"] = 4_100 }), Stop);
        else await additions.EndAsync(claim.Work, generation, because, Stop);
    }

    private async Task ScoreAsync(string study, Policy policy, (string Key, double Score)[] scores, bool risksFollow = false)
    {
        await CloseAsync(study);
        await selection.RecordAsync(new(study), Package.Id, [new(new($"{study}.1"), true, "the thinnest axial series of the abdomen: 3 slices of 1.5 mm.")], Stop);
        var generation = await generations.FindOrAddAsync(new(new(study), Package, new($"{study}.1"), [new($"{study}.1.1", new string('c', 64))]), Stop);
        var said = Scores(scores);
        if (risksFollow) said = said with { Risks = [], RisksFollow = true };
        await using var claim = await ClaimAsync(Stage.Scoring, study);
        await outcomes.CommitAsync(claim.Work, new ScoredGeneration(generation.Id, said, new float[] { 1, 0 }, new byte[32],
            new Dictionary<string, double> { ["coverageMm"] = 412.5 }, "CPU", "0.1.0", new Dictionary<string, double> { ["tensor"] = 210, ["model"] = 350 },
            policy.Decide(said), policy) { PageOnly = policy.Approved.Count == 0 }, Stop);
    }

    public async Task NotAnalysedAsync(string study, string because)
    {
        await CloseAsync(study);
        await selection.RecordAsync(new(study), Package.Id, [new(new($"{study}.1"), false, because)], Stop);
        await using var claim = await ClaimAsync(Stage.Scoring, study);
        await outcomes.CommitAsync(claim.Work, new Outcome.NotAnalysed(because), demonstration: false, pageOnly: false, Stop);
    }

    /// <summary>The destination takes nothing: the delivery waits for its next attempt.</summary>
    public async Task FailDeliveryAsync(string because)
    {
        await using var claim = await ClaimAsync(Stage.Delivery);
        await claim.FailAsync(SomeFaults.Passing(because), RetryPolicy.Default with { First = TimeSpan.FromMinutes(15), Longest = TimeSpan.FromMinutes(15) }, Stop);
    }

    /// <summary>The destination refuses the report of one study for good.</summary>
    public async Task RefuseDeliveryAsync(string because)
    {
        await using var claim = await ClaimAsync(Stage.Delivery);
        await deliveries.FailedAsync(claim.Work.EndedBy(new(Prospect.ForGood, because, "status-c000", "it answers 0xC000 (cannot understand)")), $"demo-pacs refused it: {because}", Stop);
    }

    /// <summary>The structured report reaches its destination, and the spool keeps it. Returns its bytes.</summary>
    public async Task<byte[]> DeliverAsync(string study)
    {
        await using var claim = await ClaimAsync(Stage.Delivery, study);
        var bytes = Encoding.ASCII.GetBytes($"the report of {study}");
        await deliveries.FreezeAsync(Guid.Parse(claim.Key), new($"{study}.9.1", bytes), Stop);
        var row = await studies.FindAsync(new(study), Stop);
        var own = Image(new(new(study), row!.Caller, row.Order, TimeSpan.Zero), $"{study}.9", "TriageWorker", $"{study}.9.1", Sr, row.LastReceivedAt);
        await File.WriteAllBytesAsync(Path.Combine(spool.FullName, own.Path), bytes, Stop);
        await index.AddOwnAsync(own, spool: null, Stop);
        await deliveries.DeliveredAsync(claim.Work, Stop);
        return bytes;
    }

    private static InstanceArrival Image(StudyArrival study, string series, string description, string sop, string sopClass, DateTimeOffset at) =>
        new(new(sop), SHA256.HashData(Encoding.ASCII.GetBytes(sop)), study, new(new(series), sopClass == Sr ? "SR" : "CT", description), sopClass, ExplicitLittleEndian, sop, 1000, null, at);

    private static StudyScores Scores((string Key, double Score)[] scores)
    {
        var code = new CodedConcept("1", "99TRIAGE", "test");
        var given = scores.ToDictionary();
        return new(Package,
            [.. new[] { ("free_air", "Free air"), ("ascites", "Ascites"), ("splenomegaly", "Splenomegaly"), ("effusion", "Pleural effusion") }
                .Select(finding => new FindingScore(finding.Item1, finding.Item2, given.GetValueOrDefault(finding.Item1, 0.1), code) { Attention = new("1.2.826.20.1.2", null, 57, 120, -123.4, 10, -80, -122.9, 0.4) })],
            [new("steatosis", "Fatty liver", 0.72, code), new("calcium", "Aortic calcium", 0.31, code)],
            [new("osteoporosis", "Osteoporosis within five years", 0.18, code), new("R5_CLD", "Chronic liver disease", 0.07, code)]);
    }

    // The closing is due after an hour of quiet; a late image that needs no waiting makes it due at once.
    private async Task DueAsync(string study)
    {
        var row = (await studies.FindAsync(new(study), Stop))!;
        var arrival = new StudyArrival(new(study), row.Caller, row.Order, TimeSpan.Zero);
        await index.CommitAsync(new([], [Image(arrival, $"{study}.1", "Axial 1.5 mm", $"{study}.1.0", Ct, row.LastReceivedAt)]), Stop);
    }

    // Other studies of the class may be due as well (a closing is looked at long before its quiet is over): they stay as they were.
    private async Task<Claim> ClaimAsync(Stage stage, string study)
    {
        var others = new List<Claim>();
        try
        {
            var claim = await ClaimAsync(stage);
            for (; claim.Study.Value != study; claim = await ClaimAsync(stage)) others.Add(claim);
            return claim;
        }
        finally
        {
            foreach (var other in others)
            {
                await other.HandBackAsync(Stop);
                await other.DisposeAsync();
            }
        }
    }

    private async Task<Claim> ClaimAsync(Stage stage) => (await work.ClaimAsync(stage, maxAttempts: 3, Stop)).ShouldNotBeNull();
}
