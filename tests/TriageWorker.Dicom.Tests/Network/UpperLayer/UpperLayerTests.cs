using TriageWorker.Dicom.Network;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>The machine at work: in each state it waits in, each PDU, the end of the connection and of patience.</summary>
public sealed class UpperLayerTests
{
    private static readonly UpperLayerState[] s_states =
    [
        UpperLayerState.AwaitingRequest, UpperLayerState.AwaitingLocalResponse, UpperLayerState.AwaitingAnswer, UpperLayerState.Established,
        UpperLayerState.AwaitingReleaseAnswer, UpperLayerState.AwaitingLocalRelease, UpperLayerState.CollisionRequestorAnswers,
        UpperLayerState.CollisionAcceptorWaits, UpperLayerState.CollisionRequestorWaits, UpperLayerState.CollisionAcceptorAnswers, UpperLayerState.AwaitingClose,
    ];

    private static readonly PduType[] s_pdus =
        [PduType.None, PduType.AssociateRequest, PduType.AssociateAccept, PduType.AssociateReject, PduType.Data, PduType.ReleaseRequest, PduType.ReleaseResponse, PduType.Abort];

    public static TheoryData<int, int> StatesAndPdus()
    {
        var all = new TheoryData<int, int>();
        foreach (var state in s_states)
            foreach (var pdu in s_pdus)
                all.Add((int)state, (int)pdu);
        return all;
    }

    [Theory, MemberData(nameof(StatesAndPdus))]
    public async Task A_pdu_in_any_state_does_what_the_table_says(int stateNumber, int pduNumber)
    {
        var (state, pdu) = ((UpperLayerState)stateNumber, (PduType)pduNumber);
        using var link = await ScriptedLink.InAsync(state);
        var action = UpperLayerTable.Action(state, EventOf(pdu));
        var isOver = link.Upper.Ending is not null;
        await link.SayAsync(pdu);
        var receiving = isOver ? link.Upper.LingerAsync().AsTask() : link.ReceiveAsync();
        if (action is UpperLayerAction.AR8 or UpperLayerAction.AA6 or UpperLayerAction.AA7) receiving.IsCompleted.ShouldBeFalse(); // these indicate nothing
        else await receiving;
        link.Upper.State.ShouldBe(UpperLayerTable.Next(action, link.IsRequestor));
        link.Heard().ShouldBe(action switch
        {
            UpperLayerAction.AA1 or UpperLayerAction.AA7 => "Abort(0,0)",
            UpperLayerAction.AA8 => pdu == PduType.None ? "Abort(2,1)" : "Abort(2,2)",
            _ => "",
        });
    }

    [Fact]
    public async Task Every_state_ends_when_the_connection_does()
    {
        foreach (var state in s_states)
        {
            using var link = await ScriptedLink.InAsync(state);
            link.HangUp();
            if (link.Upper.Ending is null) (await link.ReceiveAsync()).Kind.ShouldBe(IndicationKind.Ended);
            else await link.Upper.LingerAsync();
            link.Upper.State.ShouldBe(UpperLayerState.Idle, $"{state}");
            link.Heard().ShouldBe("");
        }
    }

    [Fact]
    public async Task A_caller_that_asks_for_nothing_is_closed_on_without_a_word_when_artim_expires()
    {
        using var link = await ScriptedLink.InAsync(UpperLayerState.AwaitingRequest);
        var receiving = link.Upper.ReceiveAsync();
        link.Time.Advance(TimeSpan.FromSeconds(30));
        (await receiving).Kind.ShouldBe(IndicationKind.Ended);
        (link.Upper.State, link.Heard()).ShouldBe((UpperLayerState.Idle, ""));
        link.Upper.Ending!.Fault.ShouldBe(NetworkFault.TimedOut);
    }

    [Fact]
    public async Task A_peer_that_does_not_close_after_the_last_pdu_is_closed_on_when_artim_expires()
    {
        using var link = await ScriptedLink.InAsync(UpperLayerState.AwaitingClose);
        var lingering = link.Upper.LingerAsync();
        lingering.IsCompleted.ShouldBeFalse();
        link.Time.Advance(TimeSpan.FromSeconds(2));
        await lingering;
        link.Upper.State.ShouldBe(UpperLayerState.Idle);
    }

    [Fact]
    public async Task An_acceptor_that_never_answers_is_aborted()
    {
        using var link = await ScriptedLink.InAsync(UpperLayerState.AwaitingAnswer);
        var receiving = link.Upper.ReceiveAsync();
        link.Time.Advance(TimeSpan.FromSeconds(30));
        (await receiving).Kind.ShouldBe(IndicationKind.Ended);
        (link.Upper.State, link.Heard(), link.Upper.Ending!.Fault).ShouldBe((UpperLayerState.AwaitingClose, "Abort(0,0)", NetworkFault.TimedOut));
    }

    [Fact]
    public async Task A_deadline_that_passed_while_nobody_waited_does_not_end_the_next_wait()
    {
        using var link = await ScriptedLink.InAsync(UpperLayerState.Established);
        link.Upper.ExpectWithin(TimeSpan.FromSeconds(5));
        link.Time.Advance(TimeSpan.FromSeconds(5));
        link.Upper.ExpectWithin(TimeSpan.FromSeconds(5));
        (await link.Upper.ReceiveAsync()).Kind.ShouldBe(IndicationKind.Nudge);
        link.Upper.Ending.ShouldBeNull();
    }

    [Fact]
    public async Task Data_that_comes_after_our_release_request_is_still_passed_on()
    {
        using var link = await ScriptedLink.InAsync(UpperLayerState.AwaitingReleaseAnswer);
        await link.SayAsync(PduType.Data);
        (await link.Upper.ReceiveAsync()).Kind.ShouldBe(IndicationKind.Data);
        await link.SayAsync(PduType.ReleaseResponse);
        (await link.Upper.ReceiveAsync()).Kind.ShouldBe(IndicationKind.Ended);
        link.Upper.Ending!.Kind.ShouldBe(EndingKind.Released);
    }

    [Fact]
    public async Task In_a_release_collision_the_requestor_answers_first_and_both_sides_come_to_a_good_end()
    {
        using var requestor = await ScriptedLink.InAsync(UpperLayerState.CollisionRequestorAnswers);
        await requestor.Upper.AnswerReleaseAsync("released");
        requestor.Heard().ShouldBe("ReleaseResponse");
        await requestor.SayAsync(PduType.ReleaseResponse);
        (await requestor.Upper.ReceiveAsync()).Kind.ShouldBe(IndicationKind.Ended);
        (requestor.Upper.State, requestor.Upper.Ending!.Kind).ShouldBe((UpperLayerState.Idle, EndingKind.Released));

        using var acceptor = await ScriptedLink.InAsync(UpperLayerState.CollisionAcceptorAnswers);
        await acceptor.Upper.AnswerReleaseAsync("released");
        (acceptor.Heard(), acceptor.Upper.State, acceptor.Upper.Ending!.Kind).ShouldBe(("ReleaseResponse", UpperLayerState.AwaitingClose, EndingKind.Released));
    }

    [Fact]
    public async Task An_abort_of_each_side_at_once_ends_without_another_word()
    {
        using var link = await ScriptedLink.InAsync(UpperLayerState.Established);
        await link.Upper.AbortAsync("given up");
        link.Heard().ShouldBe("Abort(0,0)");
        await link.SayAsync(PduType.Abort);
        await link.Upper.LingerAsync();
        (link.Upper.State, link.Heard(), link.Upper.Ending!.Because).ShouldBe((UpperLayerState.Idle, "", "given up"));
    }

    [Fact]
    public async Task Nothing_can_be_sent_once_the_association_is_over()
    {
        using var link = await ScriptedLink.InAsync(UpperLayerState.AwaitingClose);
        (await link.Upper.SendDataAsync(new byte[12])).ShouldBeFalse();
        (await link.Upper.RequestReleaseAsync()).ShouldBeFalse();
        link.Heard().ShouldBe("");
    }

    private static UpperLayerEvent EventOf(PduType pdu) => pdu switch
    {
        PduType.AssociateRequest => UpperLayerEvent.AssociateRequestPdu,
        PduType.AssociateAccept => UpperLayerEvent.AssociateAcceptPdu,
        PduType.AssociateReject => UpperLayerEvent.AssociateRejectPdu,
        PduType.Data => UpperLayerEvent.DataPdu,
        PduType.ReleaseRequest => UpperLayerEvent.ReleaseRequestPdu,
        PduType.ReleaseResponse => UpperLayerEvent.ReleaseResponsePdu,
        PduType.Abort => UpperLayerEvent.AbortPdu,
        _ => UpperLayerEvent.UnrecognisedPdu,
    };
}
