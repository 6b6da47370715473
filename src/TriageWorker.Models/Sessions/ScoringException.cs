namespace TriageWorker.Models.Sessions;

/// <summary>A tensor could not be scored. The study is not analysed; the worker goes on.</summary>
/// <param name="worthRetrying">True when the fault lies in the machine (memory, device), not in the package or the image.</param>
public sealed class ScoringException(string message, bool worthRetrying, Exception? cause = null) : Exception(message, cause)
{
    public bool WorthRetrying { get; } = worthRetrying;
}
