using TriageWorker.Bus;
using TriageWorker.Store;

namespace TriageWorker.Web;

/// <summary>What ended without its purpose, by cause.</summary>
/// <param name="Chosen">The cause whose studies are shown; null for none.</param>
/// <param name="Letters">Its oldest studies.</param>
/// <param name="Done">What the button that was pressed has done; null when none was.</param>
public sealed record DeadLettersView(
    IReadOnlyList<DeadCause> Causes, DeadCause? Chosen, IReadOnlyList<DeadLetter> Letters, ReplayedStudies? Done, IReadOnlyList<StatedPolicy> Policies)
{
    public int Studies => Causes.Sum(cause => cause.Studies);
}
