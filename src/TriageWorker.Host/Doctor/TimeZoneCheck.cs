using TriageWorker.Store;

namespace TriageWorker.Host.Doctor;

/// <summary>Pages and documents say the site's time: containers run in UTC.</summary>
internal sealed class TimeZoneCheck(SiteOptions site) : Check("time zone")
{
    public override Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop) => Task.FromResult<IReadOnlyList<Diagnosis>>([site.Zone is { } zone
        ? Ok($"Times are those of {zone.Id}.")
        : Warning($"Site:TimeZone is not set: pages show this machine's ({TimeZoneInfo.Local.Id}), and documents say none.", "Set Site:TimeZone, such as Europe/Berlin.")]);
}
