using System.Diagnostics;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Store.Tests;

public sealed class TraceTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_carries_its_pushers_trace_else_its_studys_and_never_that_of_a_web_request()
    {
        using var ours = new ActivitySource("TriageWorker.Store.Tests");
        using var others = new ActivitySource("Microsoft.AspNetCore");
        using var listener = new ActivityListener { ShouldListenTo = source => source == ours || source == others, Sample = All };
        ActivitySource.AddActivityListener(listener);

        (await PushedTraceAsync(await StudyAsync(Trace))).ShouldBe(Trace);
        using (var span = ours.StartActivity("pushes")) (await PushedTraceAsync(await StudyAsync(Trace))).ShouldBe(span!.Id);
        using (others.StartActivity("a request")) (await PushedTraceAsync(await StudyAsync(Trace))).ShouldBe(Trace);
        (await PushedTraceAsync(await StudyAsync(trace: null))).ShouldBeNull();
    }

    [Fact]
    public async Task A_study_keeps_its_first_trace_and_one_that_came_untraced_takes_the_next()
    {
        var (traced, untraced) = (await StudyAsync(Trace), await StudyAsync(trace: null));
        var later = Trace.Replace('7', '8');

        var result = await fixture.Get<IndexStore>().CommitAsync(new IndexBatch([], [.. ((StudyUid[])[traced, untraced]).Select(study => Image(study, 2, later))]), Stop);

        result.Traces[traced].ShouldBe(Trace);
        result.Traces[untraced].ShouldBe(later);
        (await fixture.ReadAsync("select traceparent from study where study_uid = $1", row => row.GetString(0), untraced.Value)).ShouldBe(later);
    }

    [Fact]
    public void A_uid_is_told_by_a_digest_that_nobody_without_the_key_can_try()
    {
        var (here, elsewhere) = (new UidHash(), new UidHash());
        here.Of("1.2.3").ShouldBe(here.Of("1.2.3"));
        here.Of("1.2.3").ShouldNotBe(here.Of("1.2.4"));
        here.Of("1.2.3").ShouldNotBe(elsewhere.Of("1.2.3"));
        here.Of("1.2.3").Length.ShouldBe(16);
    }

    private static ActivitySamplingResult All(ref ActivityCreationOptions<ActivityContext> options) => ActivitySamplingResult.AllDataAndRecorded;

    private static InstanceArrival Image(StudyUid study, int number, string? trace) =>
        SomeStudies.Image(SomeStudies.Study(study) with { TraceParent = trace }, number, new DateTimeOffset(2026, 1, 1, 8, 0, 0, TimeSpan.Zero));

    private async Task<StudyUid> StudyAsync(string? trace)
    {
        var study = SomeStudies.NewStudy();
        await fixture.Get<IndexStore>().CommitAsync(new IndexBatch([], [Image(study, 1, trace)]), Stop);
        return study;
    }

    private async Task<string?> PushedTraceAsync(StudyUid study)
    {
        await using (var transaction = await fixture.Database.BeginAsync(Stop))
        {
            await WorkRows.PushAsync(transaction, Stage.Scoring, study.Value, study, TimeSpan.Zero, TimeSpan.Zero, Stop);
            await transaction.CommitAsync(Stop);
        }

        return await fixture.ReadAsync("select traceparent from work where stage = 'scoring' and key = $1", row => row.TextOrNull(0), study.Value);
    }
}
