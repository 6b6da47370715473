using System.Text.Json;
using TriageWorker.Store;

namespace TriageWorker.Jobs.Tests.Alarms;

/// <summary>From an alarm's event to what a real receiver got.</summary>
public abstract class NoticeTests(AlarmFixture fixture) : IAsyncLifetime
{
    private readonly string _subject = Guid.NewGuid().ToString("N"), _name = Guid.NewGuid().ToString("N");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private AlarmStore Alarms => fixture.Get<AlarmStore>();

    // What other tests raised is told to nobody, so that this one's channel hears of its own alarms only.
    public async ValueTask InitializeAsync() => await fixture.MakeAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Raising_escalation_reminder_and_end_are_told_once_each_in_their_order()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var channel = AlarmFixture.Webhook(receiver, _name);
        await RaiseAsync();
        await RaiseAsync(); // the same trouble again is no news
        await RaiseAsync(AlarmSeverity.Critical);
        await RaiseAsync(AlarmSeverity.Critical);
        await fixture.PassAsync(TimeSpan.FromHours(5));
        (await fixture.Get<NoticePlan>().RemindAsync(TimeSpan.FromHours(4), Stop)).ShouldBeGreaterThan(0);
        await fixture.Get<NoticePlan>().RemindAsync(TimeSpan.FromHours(4), Stop);
        await EndAsync();

        await fixture.MakeAsync(channel);
        await SendAllAsync(channel);

        var posts = Read(receiver);
        posts.Select(post => post.GetProperty("event").GetString()).ShouldBe(["raised", "escalated", "reminder", "cleared"]);
        posts.Select(post => post.GetProperty("severity").GetString()).ShouldBe(["Warning", "Critical", "Critical", "Critical"]);
        posts.Select(post => post.GetProperty("state").GetString()).ShouldBe(["open", "open", "open", "cleared"]);
        posts.Select(post => post.GetProperty("times").GetInt32()).ShouldBe([1, 3, 4, 4]);
        posts[^1].GetProperty("clearedBecause").GetString().ShouldBe("It answers.");
        posts[0].GetProperty("kind").GetString().ShouldBe("test.trouble");
        posts[0].GetProperty("subject").GetString().ShouldBe(_subject);
        posts[0].GetProperty("sentence").GetString().ShouldBe("It does not answer. Look at it.");
        posts[0].GetProperty("site").GetString().ShouldBe("North");
        posts[0].GetProperty("installation").GetString().ShouldBe(await fixture.Get<InstallationStore>().SerialNumberAsync(Stop));
        posts[0].GetProperty("version").GetString().ShouldNotBeNullOrEmpty();
        posts.Select(post => post.GetProperty("id").GetGuid()).Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public async Task However_many_tell_the_same_trouble_at_once_it_is_raised_once_and_escalated_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => RaiseAsync(i % 3 == 0 ? AlarmSeverity.Critical : AlarmSeverity.Warning)));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => EndAsync()));

        (await fixture.CountAsync("alarm where subject = $1 and times = 40", _subject)).ShouldBe(1);
        (await EventsAsync("raised")).ShouldBe(1);
        (await EventsAsync("escalated")).ShouldBe(1 - await fixture.CountAsync("alarm where subject = $1 and critical_from = 1", _subject));
        (await EventsAsync("cleared")).ShouldBe(1);

        Task<int> EventsAsync(string what) => fixture.CountAsync("alarm_event e join alarm a on a.id = e.alarm_id where a.subject = $1 and e.what = $2", _subject, what);
    }

    [Fact]
    public async Task A_notice_whose_transaction_is_rolled_back_never_was()
    {
        await using (var transaction = await fixture.Database.BeginAsync(Stop))
        {
            await AlarmRows.SetAsync(transaction, NodeName.OfThisProcess, Alarm(AlarmSeverity.Critical), Stop);
        }

        (await fixture.CountAsync("alarm_event e join alarm a on a.id = e.alarm_id where a.subject = $1", _subject)).ShouldBe(0);
    }

    [Fact]
    public async Task A_channel_for_critical_alarms_hears_of_a_warning_only_once_it_is_critical()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var channel = AlarmFixture.Webhook(receiver, _name, AlarmSeverity.Critical);
        await RaiseAsync();
        await fixture.MakeAsync(channel);
        (await fixture.ToldAsync(_subject)).ShouldBeEmpty();

        await RaiseAsync(AlarmSeverity.Critical);
        await EndAsync();
        await fixture.MakeAsync(channel);
        await SendAllAsync(channel);

        (await fixture.ToldAsync(_subject)).ShouldBe([$"escalated {_name} sent", $"cleared {_name} sent"]);
    }

    [Fact]
    public async Task The_end_of_a_warning_that_a_channel_never_heard_of_is_not_told_there()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var channel = AlarmFixture.Webhook(receiver, _name, AlarmSeverity.Critical);
        await RaiseAsync();
        await EndAsync();
        await fixture.MakeAsync(channel);
        await SendAllAsync(channel);

        (await fixture.ToldAsync(_subject)).ShouldBeEmpty();
        receiver.Posts.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task An_alarm_that_comes_and_goes_a_hundred_times_is_told_once_and_what_lasts_in_the_end_is_told_too()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var channel = AlarmFixture.Webhook(receiver, _name);
        for (var i = 0; i < 100; i++)
        {
            await RaiseAsync();
            await EndAsync();
            if (i % 7 != 0) continue; // the sender is faster at times, and slower at others
            await fixture.MakeAsync(channel);
            await SendAllAsync(channel);
        }

        await RaiseAsync();
        await fixture.MakeAsync(channel);
        await SendAllAsync(channel);
        Read(receiver).Select(post => post.GetProperty("event").GetString()).ShouldBe(["raised", "cleared"]);
        (await fixture.CountAsync("alarm_notice where channel = $1 and state = 'withheld'", _name)).ShouldBe(198);

        await fixture.PassAsync(AlarmFixture.Options.HoldDown + TimeSpan.FromSeconds(1));
        await SendAllAsync(channel);

        var late = Read(receiver).ShouldHaveSingleItem();
        late.GetProperty("event").GetString().ShouldBe("raised");
        late.GetProperty("raisedInLastHour").GetInt32().ShouldBe(101);
    }

    [Fact]
    public async Task Holding_down_keeps_no_other_subject_and_no_worse_trouble_waiting()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var channel = AlarmFixture.Webhook(receiver, _name);
        await RaiseAsync();
        await EndAsync();
        await fixture.MakeAsync(channel);
        await SendAllAsync(channel);
        await Alarms.SetAsync(Alarm(AlarmSeverity.Warning) with { Subject = _subject + "-other" }, Stop);
        await RaiseAsync(AlarmSeverity.Critical);

        await fixture.MakeAsync(channel);
        await SendAllAsync(channel);

        (await fixture.ToldAsync(_subject)).ShouldBe([$"raised {_name} sent", $"cleared {_name} sent", $"raised {_name} sent"]);
        (await fixture.ToldAsync(_subject + "-other")).ShouldBe([$"raised {_name} sent"]);
    }

    [Fact]
    public async Task A_crash_between_the_receivers_taking_and_our_noting_it_sends_the_same_id_and_words_again()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var channel = AlarmFixture.Webhook(receiver, _name);
        await RaiseAsync();
        await fixture.MakeAsync(channel);
        await Should.ThrowAsync<InvalidOperationException>(() => fixture.Sender().SendNextAsync(new CrashAfterSending(channel), Stop));
        (await fixture.Sender().SendNextAsync(channel, Stop)).ShouldBeFalse("its lease still runs");
        await RaiseAsync(); // the alarm has changed meanwhile
        await fixture.PassAsync(TimeSpan.FromMinutes(2));

        (await fixture.Sender().SendNextAsync(channel, Stop)).ShouldBeTrue();

        var (first, second) = (await receiver.Posts.ReadAsync(Stop), await receiver.Posts.ReadAsync(Stop));
        second.Headers["webhook-id"].ShouldBe(first.Headers["webhook-id"]);
        second.Body.ShouldBe(first.Body);
        (await fixture.ToldAsync(_subject)).ShouldBe([$"raised {_name} sent"]);
    }

    [Fact]
    public async Task Many_senders_and_makers_at_once_send_each_notice_once()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var channel = AlarmFixture.Webhook(receiver, _name);
        for (var i = 0; i < 30; i++) await Alarms.SetAsync(Alarm(AlarmSeverity.Warning) with { Subject = $"{_subject}-{i}" }, Stop);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            await fixture.MakeAsync(channel);
            await SendAllAsync(channel);
        }));
        await fixture.MakeAsync(channel); // whoever found another at it left that to the other
        await SendAllAsync(channel);

        Read(receiver).Select(post => post.GetProperty("subject").GetString()).Where(subject => subject!.StartsWith(_subject, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, 30).Select(i => $"{_subject}-{i}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_sender_that_took_too_long_settles_nothing_any_more()
    {
        await RaiseAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        using var channel = AlarmFixture.Webhook(receiver, _name);
        await fixture.MakeAsync(channel);
        var slow = (await fixture.Notices.TakeAsync(_name, TimeSpan.Zero, Stop)).ShouldNotBeNull();
        var quick = (await fixture.Notices.TakeAsync(_name, TimeSpan.FromMinutes(1), Stop)).ShouldNotBeNull();

        (await fixture.Notices.SentAsync(slow, _name, "HTTP 204", Stop)).ShouldBeFalse();
        (await fixture.Notices.FixAsync(slow, "{}", Stop)).ShouldBeNull();
        (await fixture.Notices.FailedAsync(slow, "late", null, null, Stop)).ShouldBeFalse();
        (await fixture.Notices.SentAsync(quick, _name, "HTTP 204", Stop)).ShouldBeTrue();
        (quick.Id, quick.Attempt).ShouldBe((slow.Id, 2));
    }

    [Fact]
    public async Task A_receiver_in_trouble_is_tried_again_further_apart_and_then_given_up_and_is_an_alarm_told_elsewhere()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var other = await WebhookReceiver.StartAsync();
        using var channel = AlarmFixture.Webhook(receiver, _name);
        using var elsewhere = AlarmFixture.Webhook(other, _name + "-b");
        receiver.Status = 503;
        await RaiseAsync();
        await fixture.MakeAsync(channel, elsewhere);
        foreach (var wait in (int[])[5, 10, 20])
        {
            (await fixture.Sender().SendNextAsync(channel, Stop)).ShouldBeTrue();
            (await fixture.CountAsync("alarm_notice where channel = $1 and state = 'due' and because = 'HTTP 503 Service Unavailable' and due_at between now() + $2 - interval '4 seconds' and now() + $2",
                _name, TimeSpan.FromSeconds(wait))).ShouldBe(1, $"after {wait} s");
            await fixture.PassAsync(TimeSpan.FromSeconds(wait));
        }

        (await fixture.Sender().SendNextAsync(channel, Stop)).ShouldBeTrue();
        (await fixture.Sender().SendNextAsync(channel, Stop)).ShouldBeFalse();
        (await fixture.ToldAsync(_subject)).ShouldBe([$"raised {_name} failed", $"raised {_name}-b due"]);
        (await Alarms.OpenAsync(Stop)).ShouldContain(row => row.Alarm.Kind == NoticeStore.ChannelDown && row.Alarm.Subject == _name);
        await fixture.MakeAsync(channel, elsewhere);
        (await fixture.ToldAsync(_name)).ShouldBe([$"raised {_name}-b due"]); // not through itself

        receiver.Status = 200;
        await EndAsync();
        await fixture.MakeAsync(channel, elsewhere);
        await SendAllAsync(channel);
        (await Alarms.OpenAsync(Stop)).ShouldNotContain(row => row.Alarm.Kind == NoticeStore.ChannelDown && row.Alarm.Subject == _name);
    }

    [Theory]
    [InlineData(401), InlineData(404), InlineData(410), InlineData(302)]
    public async Task What_waiting_alone_does_not_mend_is_tried_slowly_and_is_an_alarm_at_once(int status)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var channel = AlarmFixture.Webhook(receiver, _name);
        receiver.Status = status;
        await RaiseAsync();
        await fixture.MakeAsync(channel);

        await fixture.Sender().SendNextAsync(channel, Stop);

        (await fixture.CountAsync("alarm_notice where channel = $1 and state = 'due' and due_at > now() + interval '9 minutes'", _name)).ShouldBe(1);
        (await Alarms.OpenAsync(Stop)).ShouldContain(row => row.Alarm.Kind == NoticeStore.ChannelDown && row.Alarm.Subject == _name);
    }

    [Fact]
    public async Task Notices_for_a_channel_that_no_process_knows_any_more_end_as_failed()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var channel = AlarmFixture.Webhook(receiver, _name);
        await RaiseAsync();
        await fixture.MakeAsync(channel);
        await fixture.PassAsync(TimeSpan.FromHours(25));

        (await fixture.Notices.AbandonAsync([_name], TimeSpan.FromDays(1), Stop)).ShouldBe(await fixture.CountAsync("alarm_notice where because like 'no process%'"));
        (await fixture.ToldAsync(_subject)).ShouldBe([$"raised {_name} due"]);
        await fixture.Notices.AbandonAsync([], TimeSpan.FromDays(1), Stop);

        (await fixture.ToldAsync(_subject)).ShouldBe([$"raised {_name} failed"]);
    }

    private Alarm Alarm(AlarmSeverity severity) => new("test.trouble", _subject, severity, "It does not answer. Look at it.");

    private Task<bool> RaiseAsync(AlarmSeverity severity = AlarmSeverity.Warning) => Alarms.SetAsync(Alarm(severity), Stop);

    private Task<bool> EndAsync() => Alarms.ClearAsync("test.trouble", _subject, "It answers.", Stop);

    private async Task SendAllAsync(INoticeChannel channel)
    {
        var sender = fixture.Sender();
        while (await sender.SendNextAsync(channel, Stop))
        {
        }
    }

    // A channel is new with each test, so events of other tests may be told to it too.
    private List<JsonElement> Read(WebhookReceiver receiver)
    {
        var posts = new List<JsonElement>();
        while (receiver.Posts.TryRead(out var post)) posts.Add(JsonDocument.Parse(post.Body).RootElement.Clone());
        return [.. posts.Where(post => post.GetProperty("subject").GetString()!.StartsWith(_subject, StringComparison.Ordinal))];
    }

    /// <summary>Its process ends after the receiver has taken the notice.</summary>
    private sealed class CrashAfterSending(INoticeChannel channel) : INoticeChannel
    {
        public ChannelTerms Terms => channel.Terms;

        public async Task<NoticeAnswer> SendAsync(string content, DateTimeOffset made, CancellationToken stop)
        {
            await channel.SendAsync(content, made, stop);
            throw new InvalidOperationException("the process ends here");
        }
    }
}

public sealed class NoticeOn18Tests(AlarmFixture fixture) : NoticeTests(fixture), IClassFixture<AlarmFixture>;

public sealed class NoticeOn15Tests(AlarmOn15Fixture fixture) : NoticeTests(fixture), IClassFixture<AlarmOn15Fixture>;
