using TriageWorker.Triage;

namespace TriageWorker.Store.Tests;

/// <summary>What a package might say, for tests of what is kept of it.</summary>
internal static class SomeScores
{
    private static readonly CodedConcept Code = new("FREEAIR", "99TRIAGE", "Free air");

    public static Policy Policy { get; } = new("site", "1", "phantom", [new("free-air", FlagLevel.High, 0.4, 0.05)], new string('c', 64));

    public static PackageIdentity Package(bool demonstration = false, string version = "1") =>
        new("phantom", version, "Phantoms", version == "1" ? new string('a', 64) : new string('b', 64), demonstration);

    public static async Task<GenerationRow> GenerationAsync(this StoreFixture fixture, StudyUid study, string version = "1", int images = 2) =>
        await fixture.Get<GenerationStore>().FindOrAddAsync(new NewGeneration(study, Package(version: version), new SeriesUid($"{study}.1"),
            [.. Enumerable.Range(1, images).Select(number => new GenerationInput($"{study}.1.{number}", new string('d', 64)))]), TestContext.Current.CancellationToken);

    public static ScoredGeneration Of(GenerationRow generation, double freeAir, bool demonstration = false)
    {
        var scores = new StudyScores(Package(demonstration), [new("free-air", "Free air", freeAir, Code)], [new("p", "Phenotype", double.NaN, Code)], []);
        return new ScoredGeneration(generation.Id, scores, new float[] { 1, -2.5f }, new byte[32], new Dictionary<string, double> { ["coverage"] = 0.9 },
            "cpu", "0.1.0", new Dictionary<string, double> { ["model"] = 12.5 }, Policy.Decide(scores), Policy);
    }
}
