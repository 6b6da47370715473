using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Store.Tests.Journey;

/// <summary>A study is found among many by indexes alone.</summary>
public sealed class JourneyAtSizeTests(PostgresServer server)
{
    private const int Studies = 20_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_table_that_grows_with_the_studies_is_read_from_end_to_end()
    {
        await using var full = await FullDatabase.MakeAsync(server, Studies);

        var journey = await full.Get<StudyJourneyStore>().FindAsync(new StudyUid("1.2.777"), Stop);
        (await full.Get<StudyStore>().LookUpAsync("ACC4711", Stop)).ShouldHaveSingleItem();
        (await full.Get<StudyStore>().LookUpAsync("nothing", Stop)).ShouldBeEmpty();
        await full.Get<AbsenceStore>().ReadAsync(Stop);

        journey!.Page.Deliveries.ShouldHaveSingleItem();
        journey.Page.Work.Count.ShouldBe(3);
        journey.Page.Associations.ShouldHaveSingleItem();
        (await full.ReadWholeAsync(ManyStudies.Tables)).ShouldBeEmpty("these were read from end to end");
    }
}
