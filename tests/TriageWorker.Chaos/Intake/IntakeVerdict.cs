using TriageWorker.Store;

namespace TriageWorker.Chaos;

/// <summary>What must hold of spool and database once every listener lives on, by the senders' ledger.</summary>
internal sealed class IntakeVerdict(ClusterDatabase database, string spool, SendersLedger ledger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2); // standing still
    private const string Missing = "select count(*) from unnest($1::text[]) as acknowledged(sop) where not exists (select 1 from instance i where i.sop_uid = sop)";

    /// <summary>Acknowledged images that are not there, or not as they were sent. Zero, or all of this was in vain.</summary>
    public int Lost { get; private set; }

    /// <summary>Files in quarantine.</summary>
    public int Quarantined { get; private set; }

    /// <summary>Waits until what was left behind has its rows, for as long as that goes on: an image that is lost ends the waiting by standing still.</summary>
    public async Task SettleAsync()
    {
        var acknowledged = ledger.Acknowledged.Keys.ToArray();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        var (before, since) = ((-1L, -1), TimeProvider.System.GetTimestamp());
        while (TimeProvider.System.GetElapsedTime(since) < Patience)
        {
            var now = (await database.CountAsync(Missing, (object)acknowledged), Incoming().Count());
            if (now == (0, 0)) return;
            if (now != before) (before, since) = (now, TimeProvider.System.GetTimestamp());
            await look.WaitForNextTickAsync();
        }
    }

    /// <summary>Everything that does not hold, one sentence each.</summary>
    public async Task<IReadOnlyList<string>> BrokenAsync()
    {
        var broken = new List<string>();
        var rows = await database.ListAsync("select sop_uid, path from instance", row => (Sop: row.GetString(0), Path: row.GetString(1)));
        var paths = rows.ToLookup(row => row.Sop, row => row.Path);
        foreach (var sop in ledger.Acknowledged.Keys)
        {
            if (Fault(sop, [.. paths[sop]]) is not { } fault) continue;
            Lost++;
            broken.Add($"an acknowledged image ({sop}) {fault}");
        }

        foreach (var row in rows.Where(row => !ledger.Acknowledged.ContainsKey(row.Sop)))
            if (Fault(row.Sop, [.. paths[row.Sop]]) is { } fault) broken.Add($"an image that nobody was told of ({row.Sop}) {fault}");

        foreach (var (what, sql) in Counts)
            if (await database.CountAsync(sql) is var count and not 0) broken.Add($"{what}: {count}");
        var known = rows.Select(row => row.Path).ToHashSet();
        var files = Directory.EnumerateFiles(Path.Combine(spool, "objects"), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(spool, file));
        broken.AddRange(files.Where(file => !known.Contains(file)).Select(file => $"a file that no row knows: {file}"));
        broken.AddRange(Incoming().Select(file => $"still incoming: {file}"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(spool, "quarantine"), "*.part"))
        {
            Quarantined++;
            if (IsWhole(file)) broken.Add($"whole and marked, so its success may have been sent, and in quarantine: {file}");
        }

        return broken;
    }

    private string? Fault(string sop, string[] paths)
    {
        if (paths.Length != 1) return $"has {paths.Length} rows";
        if (!ledger.Sent.TryGetValue(sop, out var digest)) return "was never sent";
        var file = Path.Combine(spool, paths[0]);
        if (!File.Exists(file)) return "has no file";
        return SliceStudies.DigestOf(file) == digest ? null : "is not what was sent";
    }

    // Names that were made ahead of need are empty.
    private IEnumerable<string> Incoming() =>
        Directory.EnumerateFiles(Path.Combine(spool, "incoming"), "*.part", SearchOption.AllDirectories).Where(file => new FileInfo(file) is { Exists: true, Length: > 0 });

    private static bool IsWhole(string file)
    {
        using var opened = File.OpenRead(file);
        var preamble = new byte[SpoolMark.Size];
        opened.ReadAtLeast(preamble, preamble.Length, throwOnEndOfStream: false);
        return SpoolMark.Read(preamble) is { } mark && opened.Length == mark.DataSetOffset + mark.DataSetLength && SliceStudies.DigestOf(file) == Convert.ToHexStringLower(mark.Digest);
    }

    private static readonly (string What, string Sql)[] Counts =
    [
        ("images in conflict", "select count(*) from instance where conflict"),
        ("studies with images that were counted wrong", "select count(*) from study s where s.images <> (select count(*) from instance i where i.study_uid = s.study_uid)"),
        ("series with images that were counted wrong", """
            select count(*) from series s where s.images <> (select count(*) from instance i where i.study_uid = s.study_uid and i.series_uid = s.series_uid)
            """),
        ("studies that are not once on the list", "select count(*) from study s where (select count(*) from worklist w where w.study_uid = s.study_uid) <> 1"),
        ("studies that will not be closed", "select count(*) from study s where not exists (select 1 from work w where w.stage = 'closing' and w.study_uid = s.study_uid)"),
        ("associations without a row, that images speak of", "select count(*) from instance where association_id is null"),
    ];
}
