using System.Diagnostics;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>The names a stage has outside the process: its value in <c>work.stage</c>, and its queue.</summary>
public static class StageQueues
{
    public static string Column(this Stage stage) => stage switch
    {
        Stage.Closing => "closing",
        Stage.Scoring => "scoring",
        Stage.Delivery => "delivery",
        _ => throw new UnreachableException($"{stage} is no stage we know."),
    };

    public static string Queue(this Stage stage) => "triage." + stage.Column();
}
