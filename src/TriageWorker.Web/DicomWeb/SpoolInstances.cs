using System.Globalization;
using Microsoft.Extensions.Options;
using TriageWorker.DicomWeb;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Web;

/// <summary>What WADO-RS gives: the instances in the spool, received ones and our own documents.</summary>
internal sealed class SpoolInstances(StudyStore studies, IOptions<SpoolOptions> spool)
{
    public const string Prefix = "/dicom-web";
    private readonly string _folder = Path.GetFullPath(spool.Value.Folder);

    public async Task<IReadOnlyList<StoredInstance>> FindAsync(RetrieveTarget target, CancellationToken stop)
    {
        if (target.Instance is null) return [.. (await studies.InstancesAsync(new(target.Study), target.Series is null ? null : new SeriesUid(target.Series), stop)).Select(Stored)];
        // A viewer asks for a thousand frames one by one: each costs one row, not the whole series. Of a UID in conflict the first content counts.
        var contents = await studies.InstanceAsync(new(target.Instance), stop);
        return contents.FirstOrDefault(row => row.Study.Value == target.Study && row.Series.Value == target.Series) is { } first ? [Stored(first)] : [];
    }

    /// <summary>Where a file of the spool is.</summary>
    public string PathOf(string kept) => Path.GetFullPath(kept, _folder);

    /// <summary>A link for a page: browsers do not ask for DICOM by themselves, so the address does.</summary>
    public static string Address(InstanceRow instance) =>
        $"{Prefix}/studies/{instance.Study}/series/{instance.Series}/instances/{instance.Sop}?accept=application/dicom;transfer-syntax=*";

    /// <summary>Where a page looks at one image of a series, or at a frame of it.</summary>
    public static string Picture(StudyUid study, SeriesUid series, string sop, int? frame) => string.Create(CultureInfo.InvariantCulture,
        $"{Prefix}/studies/{study}/series/{series}/instances/{Uri.EscapeDataString(sop)}{(frame is { } number ? $"/frames/{number}" : "")}/rendered");

    private StoredInstance Stored(InstanceRow row) => new(row.Sop.Value, row.TransferSyntax, PathOf(row.Path))
    {
        Study = row.Study.Value,
        Series = row.Series.Value,
        Digest = Convert.ToHexStringLower(row.Digest),
    };
}
