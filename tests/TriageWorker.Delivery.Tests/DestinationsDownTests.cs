using TriageWorker.Bus;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Delivery.Tests;

/// <summary>Destinations that hang or are away, met by two processes that share one database.</summary>
public sealed class DestinationsDownTests(DeliveryFixture fixture) : IClassFixture<DeliveryFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using var connection = await fixture.Database.OpenAsync(Stop);
        await connection.ExecuteAsync("delete from work; delete from breaker; delete from alarm_notice; delete from alarm_event; delete from alarm", [], Stop);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Two_that_hang_take_no_slot_of_a_third_and_get_everything_once_they_answer_again()
    {
        await using var first = AnsweringPacs.Hanging();
        await using var second = AnsweringPacs.Hanging();
        await using var healthy = AnsweringPacs.With(DimseStatus.Success);
        await using var installation = fixture.Install([.. To("first", 0, first.Port), .. To("second", 1, second.Port), .. To("healthy", 2, healthy.Port), ("Delivery:Slots", "2")]);
        var studies = new List<StudyUid>();
        for (var i = 0; i < 8; i++) studies.Add(await installation.ScoredAsync());
        var options = new BusOptions
        {
            LookEvery = Look,
            LongestAttempt = new() { Delivery = TimeSpan.FromSeconds(2) }, // stands for the minute that the network would wait
            Breaker = new() { OpensAfter = 3, FirstProbe = TimeSpan.FromMilliseconds(100), LongestProbe = TimeSpan.FromMilliseconds(200) },
        };
        using var one = installation.Loop(options, "one");
        using var other = installation.Loop(options, "other");
        await one.StartAsync(Stop);
        await other.StartAsync(Stop);

        await UntilAsync(async () => await CountAsync(installation, "healthy", "delivered") == 8);
        await UntilAsync(async () => (await OpenAlarmsAsync(installation)).SequenceEqual(["first", "second"]));
        (await CountAsync(installation, "first", "due")).ShouldBe(8);
        (await AttemptsAsync(installation)).ShouldBeLessThan(3 * 2 + 1, "those that opened the breakers; probes and what waits count none");

        first.Mend();
        await UntilAsync(async () => await CountAsync(installation, "first", "delivered") == 8);
        (await OpenAlarmsAsync(installation)).ShouldBe(["second"]);
        second.Mend();
        await UntilAsync(async () => await CountAsync(installation, "second", "delivered") == 8);
        (await OpenAlarmsAsync(installation)).ShouldBeEmpty();
        await one.StopAsync(Stop);
        await other.StopAsync(Stop);
    }

    [Fact]
    public async Task A_document_that_the_destination_refuses_does_not_keep_the_others_waiting()
    {
        await using var pacs = AnsweringPacs.With(DimseStatus.SopClassNotSupported);
        await using var installation = Down("refusing", pacs.Port, after: 2);
        for (var i = 0; i < 4; i++) await installation.ScoredAsync();

        await installation.DeliverAsync(times: 4);

        (await OpenAlarmsAsync(installation)).ShouldNotContain("refusing");
    }

    [Fact]
    public async Task A_destination_that_rejects_us_for_good_is_down_and_the_alarm_says_that_somebody_has_to_act()
    {
        await using var pacs = AnsweringPacs.Rejecting(AssociateReject.CalledAeNotRecognised);
        await using var installation = Down("rejecting", pacs.Port, after: 2);
        for (var i = 0; i < 3; i++) await installation.ScoredAsync();

        await installation.DeliverAsync(times: 2);

        await Should.ThrowAsync<InvalidOperationException>(() => installation.DeliverAsync(), "the third waits");
        (await installation.Get<AlarmStore>().OpenAsync(Stop)).Single(alarm => alarm.Alarm.Subject == "rejecting").Alarm.Sentence
            .ShouldSatisfyAllConditions(said => said.ShouldContain("called AE title not recognised"), said => said.ShouldContain("somebody must change the settings here or there"));
    }

    [Fact]
    public async Task What_waits_for_a_destination_that_the_settings_no_longer_name_is_told_of_at_once()
    {
        await using var installation = Down("removed", port: 1, after: 1);
        var studies = new List<StudyUid>();
        for (var i = 0; i < 3; i++) studies.Add(await installation.ScoredAsync());
        await installation.DeliverAsync();
        (await OpenAlarmsAsync(installation)).ShouldContain("removed");

        await using var without = fixture.Install();
        await ProbeTimeAsync(installation);
        await without.DeliverAsync(times: 3);

        foreach (var study in studies) (await installation.DeliveriesAsync(study)).ShouldHaveSingleItem().State.ShouldBe("failed");
        (await OpenAlarmsAsync(installation)).ShouldNotContain("removed");
    }

    [Fact]
    public async Task What_is_not_sent_after_all_leaves_its_turn_to_the_next_document()
    {
        await using var installation = Down("turn", port: 1, after: 1, demonstration: true);
        for (var i = 0; i < 2; i++) await installation.ScoreAsync(await installation.ArriveAsync(), demonstration: true);
        await installation.DeliverAsync();
        await using var unmarked = Down("turn", port: 1, after: 1); // lost its mark meanwhile
        await ProbeTimeAsync(installation);

        await unmarked.DeliverAsync();
        await unmarked.DeliverAsync(); // no time has to pass

        await using var connection = await installation.Get<Database>().OpenAsync(Stop);
        (await connection.FirstAsync("select state from breaker where lane = 'turn'", [], row => row.GetString(0), Stop)).ShouldBe("open", "nobody has heard of it");
        (await connection.FirstAsync("select count(*) from delivery where destination = 'turn' and state = 'withheld'", [], row => row.GetInt64(0), Stop)).ShouldBe(2);
    }

    private Installation Down(string name, int port, int after, bool demonstration = false) =>
        fixture.Install(new BreakerPolicy { OpensAfter = after, FirstProbe = TimeSpan.FromHours(1), LongestProbe = TimeSpan.FromHours(1) }, [.. To(name, 0, port, demonstration)]);

    private static IEnumerable<(string, string)> To(string name, int number, int port, bool demonstration = false) =>
    [
        ($"Destinations:{number}:Name", name), ($"Destinations:{number}:Host", "127.0.0.1"), ($"Destinations:{number}:Port", $"{port}"),
        ($"Destinations:{number}:CalledAe", "PACS"), ($"Destinations:{number}:Demonstration", $"{demonstration}"),
    ];

    private static async Task UntilAsync(Func<Task<bool>> reached)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while (!await reached()) await Task.Delay(Look, patience.Token);
    }

    private static async Task<long> CountAsync(Installation installation, string destination, string state)
    {
        await using var connection = await installation.Get<Database>().OpenAsync(Stop);
        return await connection.FirstAsync("select count(*) from delivery where destination = $1 and state = $2", [destination, state], row => row.GetInt64(0), Stop);
    }

    private static async Task<int> AttemptsAsync(Installation installation)
    {
        await using var connection = await installation.Get<Database>().OpenAsync(Stop);
        return await connection.FirstAsync("select coalesce(sum(attempts), 0)::integer from work where lane in ('first', 'second') and state = 'due'", [], row => row.GetInt32(0), Stop);
    }

    private static async Task<IReadOnlyList<string>> OpenAlarmsAsync(Installation installation) =>
        [.. (await installation.Get<AlarmStore>().OpenAsync(Stop)).Where(alarm => alarm.Alarm.Kind == BreakerRows.Alarm).Select(alarm => alarm.Alarm.Subject).Order(StringComparer.Ordinal)];

    private static async Task ProbeTimeAsync(Installation installation)
    {
        await using var connection = await installation.Get<Database>().OpenAsync(Stop);
        await connection.ExecuteAsync("update breaker set probe_at = now() - interval '1 second' where state = 'open'; update work set due_at = now() where state = 'due' and due_at > now()", [], Stop);
    }
}
