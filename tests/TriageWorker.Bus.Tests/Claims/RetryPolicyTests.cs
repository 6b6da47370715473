using System.Net.Sockets;
using System.Text.Json;
using Npgsql;
using TriageWorker.Store;

namespace TriageWorker.Bus.Tests;

public sealed class RetryPolicyTests
{
    private static readonly RetryPolicy Policy = new(10, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(15));

    public static TheoryData<Exception, Prospect, string> Faults => new()
    {
        { new NpgsqlException("Exception while reading from stream", new IOException("reset")), Prospect.Passing, "database" },
        { Answered("40P01"), Prospect.Passing, "database" },
        { Answered("57P01"), Prospect.Passing, "database" },
        { Answered("53300"), Prospect.Passing, "database" },
        { Answered("23505"), Prospect.ForGood, "postgres-exception" },
        { Answered("42P01"), Prospect.ForGood, "postgres-exception" },
        { new FileNotFoundException("slice"), Prospect.Passing, "io" },
        { new SocketException(), Prospect.Passing, "io" },
        { new TimeoutException(), Prospect.Passing, "time-limit" },
        { new TaskCanceledException(), Prospect.Passing, "time-limit" },
        { new InsufficientMemoryException(), Prospect.Passing, "memory" },
        { new UnauthorizedAccessException(), Prospect.NeedsSomebody, "permission" },
        { new InvalidCastException(), Prospect.ForGood, "invalid-cast-exception" },
        { new ArgumentOutOfRangeException("slices"), Prospect.ForGood, "argument-out-of-range-exception" },
        { new InvalidDataException("cut"), Prospect.ForGood, "invalid-data-exception" },
        { new JsonException("no object"), Prospect.ForGood, "json-exception" },
        { new InvalidOperationException("a race, perhaps"), Prospect.Unclear, "invalid-operation-exception" },
        { new ObjectDisposedException("pool"), Prospect.Unclear, "object-disposed-exception" },
        { new InvalidOperationException("wrapped", new IOException("disk")), Prospect.Passing, "io" },
    };

    [Theory, MemberData(nameof(Faults))]
    public void Each_fault_says_what_another_attempt_may_hope_for_and_of_what_kind_it_is(Exception error, Prospect prospect, string cause)
    {
        var fault = Policy.Judge(error);

        (fault.Prospect, fault.Cause, fault.Lane).ShouldBe((prospect, cause, LaneNews.None));
        fault.Words.ShouldNotContain(error.Message, customMessage: "what is particular to one study is no cause of many");
    }

    [Fact]
    public void A_rule_of_the_stages_own_goes_before_the_usual_ones()
    {
        var policy = Policy with { Rules = [new("the link is down", Prospect.NeedsSomebody, fault => fault is IOException) { Cause = "link", Lane = LaneNews.Down }, .. FaultRule.Usual] };

        policy.Judge(new IOException("unplugged")).ShouldBe(new WorkFault(Prospect.NeedsSomebody, "IOException: unplugged", "link", "the link is down") { Lane = LaneNews.Down });
    }

    [Theory]
    [InlineData(Prospect.Passing, 10)]
    [InlineData(Prospect.NeedsSomebody, 10)]
    [InlineData(Prospect.Unclear, 3)]
    [InlineData(Prospect.ForGood, 1)]
    public void What_is_not_worth_it_gets_fewer_attempts(Prospect prospect, int attempts)
    {
        var fault = Fault(prospect);

        Enumerable.Range(1, 20).First(attempt => Policy.EndsWith(fault, attempt)).ShouldBe(attempts);
        Policy.WaitAfter(attempts, fault).ShouldBe(TimeSpan.Zero, "the study is settled at once");
        (Policy with { MaxAttempts = 1 }).EndsWith(fault, 1).ShouldBeTrue();
    }

    [Fact]
    public void Waits_are_drawn_around_their_middle_so_that_what_failed_together_comes_back_apart()
    {
        var waits = Enumerable.Range(0, 200).Select(_ => Policy.WaitAfter(3, Fault(Prospect.Passing)).TotalSeconds).ToList();

        waits.ShouldAllBe(wait => wait >= 6.4 && wait <= 9.6);
        waits.Distinct().Count().ShouldBeGreaterThan(150);
        (waits.Max() - waits.Min()).ShouldBeGreaterThan(1.6);
        Policy.WaitAfter(1, Fault(Prospect.NeedsSomebody)).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(12), "slowly from the first time on");
    }

    [Fact]
    public void It_describes_itself_in_one_sentence() => Policy.ToString().ShouldBe(
        "Up to 10 attempts, 2 s after the first and each time twice as long up to 15 min, each wait ± 20 %; "
        + "tried again: the database is away or busy, a time limit passed, memory ran out, a file or a connection failed; "
        + "tried again only each 15 min, as somebody has to mend it: a file or folder may not be used; "
        + "given up at once: the data or the program is at fault; anything else gets 3 attempts.");

    [Fact]
    public void So_does_a_breaker() => new BreakerPolicy().ToString().ShouldBe(
        "After 5 failures in a row its work waits and uses up no attempt; one at a time is sent, first after 5 s, then each time after twice as long, up to 5 min. "
        + "The first that is answered lets all go at once.");

    [Theory, InlineData(0, 5), InlineData(1, 10), InlineData(5, 160), InlineData(6, 300), InlineData(10_000, 300)]
    public void Probes_go_at_growing_intervals(int failed, int seconds) => new BreakerPolicy().ProbeAfter(failed).ShouldBe(TimeSpan.FromSeconds(seconds));

    private static WorkFault Fault(Prospect prospect) => new(prospect, "it failed", "test", "a test said so");

    private static PostgresException Answered(string sqlState) => new("no", "ERROR", "ERROR", sqlState);
}
