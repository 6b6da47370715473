using System.Globalization;
using System.Text;
using TriageWorker.Models.Prompts;

namespace TriageWorker.Host.Prompts;

/// <summary>Every study that a trial flags or that changes side, as lines of a table that a spreadsheet reads.</summary>
/// <param name="file">Nothing may be there; null writes none.</param>
internal sealed class StudyTable(string? file) : IAsyncDisposable
{
    private StreamWriter? _writer;

    /// <exception cref="IOException">The file is there, or cannot be written.</exception>
    public void Begin()
    {
        if (file is null) return;
        _writer = new StreamWriter(new FileStream(file, FileMode.CreateNew), Encoding.ASCII);
        _writer.WriteLine("finding,study_uid,score,threshold,flagged,score_before,threshold_before,flagged_before");
    }

    public void Add(PromptTrial trial, TriedStudy study)
    {
        if (_writer is null || !(study.Said.IsFlagged || study.Said.ChangesSide)) return;
        var (score, flagged, before, was) = study.Said;
        double? thresholdBefore = before is null ? null : trial.ThresholdBefore;
        _writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{trial.Finding.Label.Key},{study.Study.Value},{score:R},{trial.Threshold:R},{Word(flagged)},{before:R},{thresholdBefore:R},{Word(was)}"));
    }

    public ValueTask DisposeAsync() => _writer?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static string Word(bool? value) => value switch { true => "yes", false => "no", null => "" };
}
