using TriageWorker.Host.Doctor;

namespace TriageWorker.Host.Tests.Doctor;

public sealed class ExaminationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Checks_run_beside_each_other_and_are_told_in_their_order()
    {
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        var found = await Examination.OfAsync([
            new Scripted("one", async _ => { first.SetResult(); await second.Task; }),
            new Scripted("two", async _ => { await first.Task; second.SetResult(); })], Patience, TimeProvider.System, Stop);
        found.Select(each => (each.Check, each.Judgement)).ShouldBe([("one", Judgement.Ok), ("two", Judgement.Ok)]);
    }

    [Fact]
    public async Task One_that_hangs_is_cut_off_and_said_so_also_when_it_heeds_nothing()
    {
        using var never = new ManualResetEventSlim();
        var found = await Examination.OfAsync([
            new Scripted("waits", async stop => await Task.Delay(Timeout.Infinite, stop)), new Scripted("blocks", _ => { never.Wait(CancellationToken.None); return Task.CompletedTask; })],
            TimeSpan.FromMilliseconds(50), TimeProvider.System, Stop);
        never.Set();
        found.Select(each => (each.Check, each.Judgement)).ShouldBe([("waits", Judgement.Fault), ("blocks", Judgement.Fault)]);
        found[0].What.ShouldStartWith("No answer within 0.1 s");
    }

    [Fact]
    public async Task Those_that_block_hold_no_thread_that_others_wait_for()
    {
        using var last = new CountdownEvent(33);
        var found = await Examination.OfAsync([.. Enumerable.Range(0, 32).Select(i => new Scripted($"blocks {i}", _ => { last.Signal(); last.Wait(CancellationToken.None); return Task.CompletedTask; })),
            new Scripted("goes on", async _ => { await Task.Yield(); last.Signal(); })], Patience, TimeProvider.System, Stop);
        found.ShouldAllBe(each => each.Judgement == Judgement.Ok);
    }

    [Fact]
    public async Task One_that_computes_waits_until_the_others_have_measured_and_is_told_in_its_place()
    {
        var done = new List<string>();
        var found = await Examination.OfAsync([new Scripted("computes", _ => { done.Add("computes"); return Task.CompletedTask; }, computes: true),
            new Scripted("measures", async _ => { await Task.Yield(); done.Add("measures"); })], Patience, TimeProvider.System, Stop);
        done.ShouldBe(["measures", "computes"]);
        found.Select(each => each.Check).ShouldBe(["computes", "measures"]);
    }

    [Fact]
    public async Task One_that_breaks_takes_none_of_the_others_with_it()
    {
        var found = await Examination.OfAsync([new Scripted("breaks", _ => throw new InvalidOperationException("what?")), new Scripted("well", _ => Task.CompletedTask)], Patience, TimeProvider.System, Stop);
        found[0].ShouldSatisfyAllConditions(() => found[0].Judgement.ShouldBe(Judgement.Fault), () => found[0].What.ShouldContain("InvalidOperationException: what?"));
        found[1].Judgement.ShouldBe(Judgement.Ok);
    }

    [Fact]
    public async Task Whoever_stops_it_is_not_told_that_something_hangs()
    {
        using var stop = new CancellationTokenSource();
        var running = Examination.OfAsync([new Scripted("waits", async token => await Task.Delay(Timeout.Infinite, token))], Patience, TimeProvider.System, stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
    }

    private sealed class Scripted(string name, Func<CancellationToken, Task> act, bool computes = false) : Check(name)
    {
        public override bool Computes => computes;

        public override async Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop)
        {
            await act(stop);
            return [Ok("It is well.")];
        }
    }
}
