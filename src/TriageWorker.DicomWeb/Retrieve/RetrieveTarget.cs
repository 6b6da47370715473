namespace TriageWorker.DicomWeb;

/// <summary>What a retrieve URL names: a study, one of its series, or one instance (PS3.18 10.4.1).</summary>
/// <param name="Series">Null: all series of the study.</param>
/// <param name="Instance">Null: all instances of the series.</param>
public sealed record RetrieveTarget(string Study, string? Series = null, string? Instance = null)
{
    /// <summary>The first part that is no UID (PS3.5 9.1: at most 64 characters, numbers joined by dots), or null.</summary>
    internal string? Fault =>
        !IsUid(Study) ? "study" : Series is not null && !IsUid(Series) ? "series" : Instance is not null && !IsUid(Instance) ? "instance" : null;

    private static bool IsUid(string text)
    {
        if (text.Length is 0 or > 64) return false;
        var previous = '.';
        foreach (var letter in text)
        {
            if (!char.IsAsciiDigit(letter) && (letter != '.' || previous == '.')) return false;
            previous = letter;
        }

        return previous != '.';
    }
}
