using System.Diagnostics;
using System.Diagnostics.Metrics;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>What this room tells about itself. No identifiers of patients or studies, and no titles: any caller can make those up.</summary>
public static class IntakeTelemetry
{
    public const string Name = "TriageWorker.Intake";

    private static readonly Meter s_meter = new(Name);

    public static ActivitySource Activities { get; } = new(Name);

    private static UpDownCounter<long> Open { get; } = s_meter.CreateUpDownCounter<long>("triage.intake.association.open", "{association}", "Associations that are open in this process.");

    private static Counter<long> Endings { get; } = s_meter.CreateCounter<long>("triage.intake.associations", "{association}", "Associations by how they ended, and connections that became none.");

    private static Counter<long> Objects { get; } = s_meter.CreateCounter<long>("triage.intake.objects", "{object}", "Objects by what was answered: kept or refused.");

    private static Counter<long> Bytes { get; } = s_meter.CreateCounter<long>("triage.intake.io", "By", "Bytes of the objects that were kept.");

    private static Histogram<double> Commits { get; } = s_meter.CreateHistogram("triage.intake.commit.duration", "s", "Time of one group commit of received files, from lasting names to rows.", tags: null, StoreTelemetry.Short);

    internal static void Opened() => Open.Add(1);

    /// <param name="ending">released, aborted or lost; a connection that was dismissed never was one.</param>
    internal static void Ended(string ending)
    {
        Open.Add(-1);
        Endings.Add(1, new KeyValuePair<string, object?>("ending", ending));
    }

    internal static void Dismissed() => Endings.Add(1, new KeyValuePair<string, object?>("ending", "dismissed"));

    internal static void Kept(long bytes)
    {
        Objects.Add(1, new KeyValuePair<string, object?>("answer", "kept"));
        Bytes.Add(bytes);
    }

    internal static void Refused() => Objects.Add(1, new KeyValuePair<string, object?>("answer", "refused"));

    internal static void Committed(TimeSpan took) => Commits.Record(took.TotalSeconds);
}
