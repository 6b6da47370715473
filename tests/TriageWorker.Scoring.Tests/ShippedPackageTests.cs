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

        // What the model attended to is a slice that was read, in the upper half of the body, where free air is drawn; and the time is kept.
        var (sop, slice, slices, z, place, known) = (await fixture.ListAsync(
            """
            select a->>'sopUid', (a->>'slice')::int, (a->>'slices')::int, (a->>'sliceZ')::float8, (a->>'z')::float8,
              exists (select 1 from instance i where i.study_uid = $1 and i.sop_uid = a->>'sopUid') and r.timings ? 'attention'
            from result r join generation g on g.id = r.generation_id, lateral (select r.scores->'findings'->0->'attention') free_air(a) where g.study_uid = $1
            """,
            row => (row.GetString(0), row.GetInt32(1), row.GetInt32(2), row.GetDouble(3), row.GetDouble(4), row.GetBoolean(5)), study.Value)).ShouldHaveSingleItem();
        known.ShouldBeTrue(sop);
        slices.ShouldBe(80);
        slice.ShouldBeInRange(30, 80);
        z.ShouldBe(place, 2.6); // half of the distance between two slices
    }
}
