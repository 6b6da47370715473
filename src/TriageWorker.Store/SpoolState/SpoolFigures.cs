namespace TriageWorker.Store;

/// <summary>A spool as the process that receives into it saw it last.</summary>
/// <param name="Free">Bytes free on its volume.</param>
/// <param name="Minimum">With less than this nothing more is taken.</param>
/// <param name="Backlog">Received files that wait for their rows.</param>
/// <param name="Quarantined">Files in quarantine; <paramref name="Quarantine"/> lists the newest.</param>
/// <param name="Trouble">Why nothing is taken; null while all is well.</param>
/// <param name="IsFailing">The trouble lasts until the volume has held several trials.</param>
public sealed record SpoolFigures(
    long Free, long Total, long Minimum, bool Archive, int Backlog, int Quarantined, IReadOnlyList<QuarantinedFile> Quarantine, string? Trouble, bool IsFailing)
{
    public static SpoolFigures Unknown { get; } = new(0, 0, 0, false, 0, 0, [], null, false);
}

/// <param name="Because">As the text beside it says; null where there is none.</param>
public sealed record QuarantinedFile(string Name, long Bytes, DateTimeOffset At, string? Because);

/// <summary>What the comparison of files and rows has found since it began.</summary>
/// <param name="Files">Looked at, of about <paramref name="ExpectedFiles"/>.</param>
/// <param name="Adopted">Whole files without a row, which get one now.</param>
/// <param name="Quarantined">Files without a row that are not whole.</param>
/// <param name="Rows">Looked at.</param>
/// <param name="Missing">Rows whose file is gone.</param>
/// <param name="Returned">Rows whose file was gone and is there again.</param>
/// <param name="EndedAt">Null while it goes on.</param>
/// <param name="Fault">Why it broke off; it begins anew at the next start.</param>
public sealed record ReconcileFigures(
    DateTimeOffset BeganAt, DateTimeOffset? EndedAt, long Files, long ExpectedFiles, int Adopted, int Quarantined, long Rows, int Missing, int Returned, string? Fault = null)
{
    /// <summary>How far it is, and what it found.</summary>
    public string Sentence => (EndedAt, Fault) switch
    {
        (_, { } fault) => $"Broke off after {Files} files and {Rows} rows: {fault}",
        ({ } at, _) => $"{Files} files and {Rows} rows compared in {(at - BeganAt).TotalSeconds:0} s: {Found}.",
        _ => $"Under way: {Files} of about {ExpectedFiles} files, {Rows} rows so far: {Found}.",
    };

    private string Found => (Adopted, Quarantined, Missing, Returned) is (0, 0, 0, 0)
        ? "each has the other"
        : $"{Adopted} files without a row adopted, {Quarantined} that were not whole set aside, {Missing} rows without a file, {Returned} back again";
}

/// <summary>A spool of the installation.</summary>
/// <param name="SeenAt">When a process last told of it.</param>
public sealed record SpoolRow(Guid Id, string Host, string Folder, DateTimeOffset SeenAt, bool IsSilent, SpoolFigures Figures, ReconcileFigures? Reconcile, RetentionRun? Retention);
