using TriageWorker.Dicom.Network;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>Holds every cell of PS3.8, table 9-10, in a transcription of its own: event by event, in words that state what is common.</summary>
public sealed class UpperLayerTableTests
{
    private static readonly UpperLayerState[] s_states = [.. Enum.GetValues<UpperLayerState>().Where(state => state != UpperLayerState.None)];
    private static readonly UpperLayerEvent[] s_events = [.. Enum.GetValues<UpperLayerEvent>().Where(happened => happened != UpperLayerEvent.None)];

    // Sta3 and Sta5 to Sta12: a PDU that does not belong there breaks the association (AA-8), an abort ends it (AA-3, AA-1), a lost connection is told (AA-4).
    private static readonly int[] s_inAssociation = [3, 5, 6, 7, 8, 9, 10, 11, 12];

    private static readonly Dictionary<(int Event, int State), string> s_standard = Transcribe();

    public static TheoryData<int, int> Cells()
    {
        var cells = new TheoryData<int, int>();
        foreach (var happened in s_events)
            foreach (var state in s_states)
                cells.Add((int)happened, (int)state);
        return cells;
    }

    [Theory, MemberData(nameof(Cells))]
    public void Each_cell_is_the_standards(int happened, int state)
    {
        var action = UpperLayerTable.Action((UpperLayerState)state, (UpperLayerEvent)happened);
        $"{action}".ShouldBe(s_standard.TryGetValue((happened, state), out var expected) ? expected.Replace("-", "", StringComparison.Ordinal) : "None");
    }

    [Fact]
    public void The_table_has_247_cells_and_124_of_them_are_blank()
    {
        (s_events.Length * s_states.Length).ShouldBe(247);
        s_events.Sum(happened => s_states.Count(state => UpperLayerTable.Action(state, happened) == UpperLayerAction.None)).ShouldBe(247 - s_standard.Count);
        s_standard.Count.ShouldBe(123);
    }

    [Theory]
    [InlineData("AE-1", 4), InlineData("AE-2", 5), InlineData("AE-3", 6), InlineData("AE-4", 1), InlineData("AE-5", 2), InlineData("AE-6", 3), InlineData("AE-7", 6), InlineData("AE-8", 13)]
    [InlineData("DT-1", 6), InlineData("DT-2", 6), InlineData("AR-1", 7), InlineData("AR-2", 8), InlineData("AR-3", 1), InlineData("AR-4", 13), InlineData("AR-5", 1)]
    [InlineData("AR-6", 7), InlineData("AR-7", 8), InlineData("AR-9", 11), InlineData("AR-10", 12), InlineData("AA-1", 13), InlineData("AA-2", 1), InlineData("AA-3", 1)]
    [InlineData("AA-4", 1), InlineData("AA-5", 1), InlineData("AA-6", 13), InlineData("AA-7", 13), InlineData("AA-8", 13)]
    public void Each_action_leads_to_the_standards_state_on_either_side(string action, int state)
    {
        var parsed = Enum.Parse<UpperLayerAction>(action.Replace("-", "", StringComparison.Ordinal));
        ((int)UpperLayerTable.Next(parsed, isRequestor: true)).ShouldBe(state);
        ((int)UpperLayerTable.Next(parsed, isRequestor: false)).ShouldBe(state);
    }

    [Fact]
    public void A_release_collision_leads_the_requestor_to_sta9_and_the_acceptor_to_sta10()
    {
        ((int)UpperLayerTable.Next(UpperLayerAction.AR8, isRequestor: true)).ShouldBe(9);
        ((int)UpperLayerTable.Next(UpperLayerAction.AR8, isRequestor: false)).ShouldBe(10);
    }

    private static Dictionary<(int, int), string> Transcribe()
    {
        var cells = new Dictionary<(int, int), string>();
        foreach (var pdu in (int[])[3, 4, 6, 10, 12, 13, 19]) Everywhere(pdu, "AA-8");
        Everywhere(15, "AA-1");
        Everywhere(16, "AA-3");
        Everywhere(17, "AA-4");
        foreach (var pdu in (int[])[3, 4, 10, 12, 13, 19]) cells[(pdu, 2)] = "AA-1"; // before the request: abort, no indication
        foreach (var pdu in (int[])[3, 4, 10, 12, 13]) cells[(pdu, 13)] = "AA-6"; // after the last PDU: ignore
        cells[(6, 13)] = cells[(19, 13)] = "AA-7";

        // Establishment.
        cells[(1, 1)] = "AE-1";
        cells[(2, 4)] = "AE-2";
        cells[(3, 5)] = "AE-3";
        cells[(4, 5)] = "AE-4";
        cells[(5, 1)] = "AE-5";
        cells[(6, 2)] = "AE-6";
        cells[(7, 3)] = "AE-7";
        cells[(8, 3)] = "AE-8";

        // Data.
        cells[(9, 6)] = "DT-1";
        cells[(9, 8)] = "AR-7";
        cells[(10, 6)] = "DT-2";
        cells[(10, 7)] = "AR-6";

        // Release.
        cells[(11, 6)] = "AR-1";
        cells[(12, 6)] = "AR-2";
        cells[(12, 7)] = "AR-8";
        cells[(13, 7)] = cells[(13, 11)] = "AR-3";
        cells[(13, 10)] = "AR-10";
        cells[(14, 8)] = cells[(14, 12)] = "AR-4";
        cells[(14, 9)] = "AR-9";

        // Ends.
        cells[(15, 4)] = "AA-2";
        cells[(16, 2)] = cells[(16, 13)] = cells[(18, 2)] = cells[(18, 13)] = "AA-2";
        cells[(17, 2)] = "AA-5";
        cells[(17, 4)] = "AA-4";
        cells[(17, 13)] = "AR-5";
        return cells;

        void Everywhere(int happened, string action)
        {
            foreach (var state in s_inAssociation) cells[(happened, state)] = action;
        }
    }
}
