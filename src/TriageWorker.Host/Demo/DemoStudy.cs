using TriageWorker.Host.Sending;
using TriageWorker.Triage;

namespace TriageWorker.Host.Demo;

/// <summary>One study of the demonstration: what it is, what it holds, and how it was sent.</summary>
/// <param name="Title">For people; says of a phantom what was drawn into it.</param>
/// <param name="Uid">Null when the folder holds nothing that could be sent.</param>
public sealed record DemoStudy(string Title, StudyUid? Uid, IReadOnlyList<string> Files, IReadOnlyList<FileOutcome> Unsuitable);

/// <summary>A study after it was pushed.</summary>
/// <param name="Outcomes">One per file, those that could not be sent included.</param>
public sealed record PushedStudy(DemoStudy Study, IReadOnlyList<FileOutcome> Outcomes)
{
    public int Stored => Outcomes.Count(outcome => outcome.Fate == FileFate.Stored);

    /// <summary>Why the first file that did not arrive did not.</summary>
    public string? FirstTrouble => Outcomes.FirstOrDefault(outcome => outcome.Fate != FileFate.Stored) is { } outcome
        ? $"{Path.GetFileName(outcome.Path)}: {outcome.Words}" : null;
}
