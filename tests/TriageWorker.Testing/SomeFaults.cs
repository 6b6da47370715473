using TriageWorker.Store;

namespace TriageWorker.Testing;

/// <summary>Faults as an attempt meets them.</summary>
public static class SomeFaults
{
    public static WorkFault Passing(string because) => new(Prospect.Passing, because, "test", "a test said so");

    /// <summary>The lane itself is down.</summary>
    public static WorkFault Down(string because = "no answer.") => new(Prospect.Passing, because, "no-answer", "it does not answer") { Lane = LaneNews.Down };
}
