using System.Security.Cryptography;
using System.Text;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Testing;

/// <summary>Studies as a listener would index them, for tests that need one in the database. UIDs lie under 2.25 (PS3.5 B.2).</summary>
public static class SomeStudies
{
    private static int _last;

    public static StudyUid NewStudy() => new($"2.25.{Environment.ProcessId}.{Interlocked.Increment(ref _last)}");

    public static StudyArrival Study(StudyUid? uid = null, OrderClass order = OrderClass.Routine, string caller = "CT1") =>
        new(uid ?? NewStudy(), caller, order, TimeSpan.FromSeconds(5)) { PatientId = "P1", Accession = "A1", Description = "Abdomen" };

    public static SeriesUid SeriesOf(StudyUid study, int number = 1) => new($"{study}.{number}");

    /// <summary>Image <paramref name="number"/> of a series of the study; the same number is the same image.</summary>
    /// <param name="content">Another content under the same UID.</param>
    public static InstanceArrival Image(StudyArrival study, int number, DateTimeOffset receivedAt, Guid? association = null, int series = 1, string content = "") =>
        new(new($"{SeriesOf(study.Uid, series)}.{number}"), SHA256.HashData(Encoding.UTF8.GetBytes($"{study.Uid} {series} {number} {content}")),
            study, new SeriesArrival(SeriesOf(study.Uid, series), "CT", "axial"), "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.1",
            $"ab/{study.Uid}.{series}.{number}{content}", 525_312, association, receivedAt);

    public static AssociationArrival Association(Guid id, DateTimeOffset openedAt, AssociationEnding? ending = null, string caller = "CT1", TimeSpan? lease = null) =>
        new(id, caller, "TRIAGE", "127.0.0.1", openedAt, lease ?? TimeSpan.FromMinutes(1), 1, 0, 525_312, ending);

    /// <summary>Indexes a study of so many images over one association that has ended.</summary>
    public static async Task<StudyArrival> ArriveAsync(this IndexStore index, DateTimeOffset receivedAt, OrderClass order = OrderClass.Routine, int images = 2)
    {
        var study = Study(order: order);
        var association = Guid.NewGuid();
        await index.CommitAsync(new IndexBatch([Association(association, receivedAt, AssociationEnding.Released)],
            [.. Enumerable.Range(1, images).Select(number => Image(study, number, receivedAt, association))]), CancellationToken.None);
        return study;
    }
}
