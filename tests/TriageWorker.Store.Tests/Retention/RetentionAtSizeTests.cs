using TriageWorker.Store.Tests.Journey;
using TriageWorker.Testing;

namespace TriageWorker.Store.Tests.Retention;

/// <summary>Retention takes its studies from among many by indexes alone.</summary>
public sealed class RetentionAtSizeTests(PostgresServer server)
{
    private const int Studies = 50_000; // of two images each

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_table_is_read_from_end_to_end_to_find_and_remove_the_oldest_studies()
    {
        await using var full = await FullDatabase.MakeAsync(server, Studies);

        var (retention, removals, spool) = (full.Get<RetentionStore>(), full.Get<RemovalStore>(), Guid.NewGuid());
        var cutoff = await retention.BeforeAsync(TimeSpan.FromDays(1), Stop);
        var oldest = await retention.OldestAsync(null, cutoff, 100, Stop);
        oldest.Count.ShouldBe(100);
        oldest.ShouldAllBe(study => study.Held == null);
        (await retention.OldestAsync(oldest[^1], cutoff, 100, Stop)).Select(study => study.Uid).ShouldNotContain(oldest[^1].Uid);
        foreach (var study in oldest.Take(5))
            (await removals.RemoveAsync(study.Uid, spool, cutoff, _ => true, "they are old", Stop)).ShouldHaveSingleItem().Images.ShouldBe(2);
        var due = await removals.DueAsync(spool, 1000, Stop);
        await removals.ReferredAsync(spool, due, Stop);
        await removals.SettleAsync(spool, due, Stop);
        await full.Get<SpoolStateStore>().MissingAsync(Stop);
        await full.Get<SuspectStore>().NextAsync(spool, 16, Stop);
        (await full.Get<ReconcileStore>().KnownAsync(spool, [.. oldest.Take(100).Select(study => ($"{study.Uid}.1.1", new byte[32], "p"))], Stop)).ShouldBeEmpty();

        (await full.ReadWholeAsync(ManyStudies.Tables)).ShouldBeEmpty("these were read from end to end");
    }
}
