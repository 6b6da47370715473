namespace TriageWorker.Triage;

/// <summary>The steps that are claimed as due rows (<c>work.stage</c>); their names are also the names of their queues.</summary>
public enum Stage
{
    Closing,
    Scoring,
    Delivery,
}
