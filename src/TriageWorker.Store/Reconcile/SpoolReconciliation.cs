using TriageWorker.Dicom.Network;

namespace TriageWorker.Store;

/// <summary>
/// Compares the spool's files with the rows, a piece at a time: a whole file without a row gets one, a file that is not whole goes to
/// quarantine, a row without a file says so. It may run beside receiving and removing, and any number of times.
/// </summary>
public sealed class SpoolReconciliation(Spool spool, ReconcileStore store, TimeProvider clock)
{
    private const int FilesAtOnce = 128, RowsAtOnce = 1000, Folders = 256;

    // A document of our own gets its row a moment after its file.
    private static readonly TimeSpan s_young = TimeSpan.FromHours(1);

    /// <param name="told">Told how far it is, some hundred times.</param>
    public async Task<ReconcileFigures> RunAsync(Func<ReconcileFigures, Task> told, CancellationToken stop)
    {
        var figures = new ReconcileFigures(clock.GetUtcNow(), null, 0, 0, 0, 0, 0, 0, 0);
        for (var folder = 0; folder < Folders; folder++)
        {
            foreach (var piece in Directory.EnumerateFiles(spool.At(ContentAddress.FolderOf((byte)folder))).Chunk(FilesAtOnce))
                figures = await FilesAsync(piece, figures, stop);
            figures = figures with { ExpectedFiles = figures.Files * Folders / (folder + 1) };
            await told(figures);
        }

        FiledRow? last = null;
        while (await store.RowsAsync(spool.Id, last, RowsAtOnce, stop) is { Count: > 0 } rows)
        {
            figures = await RowsAsync(rows, figures, stop);
            last = rows[^1];
            await told(figures);
        }

        return figures with { EndedAt = clock.GetUtcNow() };
    }

    private async Task<ReconcileFigures> FilesAsync(string[] files, ReconcileFigures figures, CancellationToken stop)
    {
        var found = files.Select(Look).OfType<FoundFile>().ToList();
        var unknown = await UnknownAsync(found, stop);
        // Intake is not done with a file that has its incoming name too. One that has lost it since the rows were looked at has got its row before, so they are looked at again.
        unknown = await UnknownAsync([.. unknown.Where(file => !file.IsMarked || Posix.Names(spool.At(file.Path)) == 1)], stop);
        int adopted = 0, quarantined = 0;
        foreach (var file in unknown)
        {
            if (file.IsMarked && Fault(file) is null)
            {
                if (TryDo(() => spool.Readmit(file.Path))) adopted++;
            }
            else if (file.IsMarked || clock.GetUtcNow() - File.GetLastWriteTimeUtc(spool.At(file.Path)) > s_young)
            {
                if (TryDo(() => spool.Quarantine(spool.At(file.Path), $"it was in the spool without a row, and {Fault(file) ?? "has no mark"}"))) quarantined++;
            }
        }

        return figures with { Files = figures.Files + files.Length, Adopted = figures.Adopted + adopted, Quarantined = figures.Quarantined + quarantined };
    }

    private async Task<List<FoundFile>> UnknownAsync(List<FoundFile> files, CancellationToken stop)
    {
        if (files.Count == 0) return files;
        var known = await store.KnownAsync(spool.Id, [.. files.Select(file => (file.Sop, file.Digest, file.Path))], stop);
        return [.. files.Where(file => !known.Contains(file.Path))];
    }

    private async Task<ReconcileFigures> RowsAsync(List<FiledRow> rows, ReconcileFigures figures, CancellationToken stop)
    {
        // Twice, since retention hides a file for a moment before it asks for the last time whether a row refers to it.
        var gone = rows.Where(row => !row.IsMissing && !File.Exists(spool.At(row.Path))).ToList();
        var missing = gone.Count == 0 ? 0 : await store.NoteAsync([.. gone.Where(row => !File.Exists(spool.At(row.Path)))], missing: true, stop);
        var returned = await store.NoteAsync([.. rows.Where(row => row.IsMissing && File.Exists(spool.At(row.Path)))], missing: false, stop);
        return figures with { Rows = figures.Rows + rows.Count, Missing = figures.Missing + missing, Returned = figures.Returned + returned };
    }

    /// <returns>Null when it is gone, or cannot be read now.</returns>
    private FoundFile? Look(string file)
    {
        var path = Path.GetRelativePath(spool.Folder, file);
        if (ContentAddress.DigestOf(path) is not { } digest) return new FoundFile(path, "", [], IsMarked: false);
        try
        {
            if (SpooledObject.Read(file) is { } marked) return new FoundFile(path, marked.Scan.Uid(ScanTag.SopInstanceUid) ?? "", digest, IsMarked: true);
            return File.Exists(file) ? new FoundFile(path, Part10Head.Read(file).SopInstanceUid, digest, IsMarked: false) : null;
        }
        catch (DicomNetworkException)
        {
            return new FoundFile(path, "", digest, IsMarked: false);
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            return null; // verify names it
        }
    }

    private string? Fault(FoundFile file)
    {
        try
        {
            return !file.IsMarked ? "has no mark" : SpooledObject.Fault(spool.At(file.Path)) ?? (SpooledObject.DigestOf(spool.At(file.Path)) is { } digest && digest.AsSpan().SequenceEqual(file.Digest) ? null : "its name is not that of its content");
        }
        catch (IOException unread)
        {
            return $"it cannot be read: {unread.Message}";
        }
    }

    // What is gone by now was removed by retention, or by hand.
    private static bool TryDo(Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private sealed record FoundFile(string Path, string Sop, byte[] Digest, bool IsMarked);
}
