using TriageWorker.Phantoms;
using TriageWorker.Testing;

namespace TriageWorker.Scoring.Tests;

/// <summary>The demonstration package with its own policy. How well it judges is measured by its benchmark.</summary>
public sealed class ShippedPackageTests(ScoringFixture fixture) : IClassFixture<ScoringFixture>
{
    [Fact]
    public async Task It_flags_plain_free_air_scores_all_it_promises_and_is_marked_as_a_demonstration()
    {
        using var role = fixture.Role([Repository.At("onnx", "phantom")]);
        var study = await fixture.ArriveAsync(new PhantomSpec { Seed = 2_000_003, Findings = PhantomFindings.FreeAir, Severity = 1, Slices = 80, Matrix = 256 });
        await role.RunAsync(study);

        var decision = (await fixture.DecisionsAsync(study)).ShouldHaveSingleItem();
        decision.Outcome.ShouldBe("positive");
        decision.Because.ShouldStartWith("Free air ");
        decision.Demonstration.ShouldBeTrue();
        (await fixture.ListAsync(
            """
            select jsonb_array_length(r.scores->'findings'), cardinality(r.phenotypes), jsonb_array_length(r.scores->'risks')
            from result r join generation g on g.id = r.generation_id where g.study_uid = $1
            """,
            row => (row.GetInt32(0), row.GetInt32(1), row.GetInt32(2)), study.Value)).ShouldBe([(4, 4, 6)]);
    }
}
