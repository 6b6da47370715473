using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Intake.Tests;

/// <summary>What the database says once the listener has said all.</summary>
internal static class Rows
{
    /// <summary>Waits until a query gives true; each look is a query, and a test has a minute.</summary>
    public static async Task UntilAsync(Func<CancellationToken, Task<bool>> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        while (!await isSo(patience.Token)) await look.WaitForNextTickAsync(patience.Token);
    }

    /// <summary>The instances of a study, once there are that many.</summary>
    public static async Task<List<InstanceRow>> InstancesAsync(this PostgresFixture postgres, string study, int count)
    {
        List<InstanceRow> rows = [];
        await UntilAsync(async stop => (rows = await postgres.Get<StudyStore>().InstancesAsync(new StudyUid(study), null, stop)).Count >= count);
        return rows;
    }

    public static async Task ExecuteAsync(this PostgresFixture postgres, string sql, params object[] values)
    {
        await using var connection = await postgres.Database.OpenAsync(TestContext.Current.CancellationToken);
        await connection.ExecuteAsync(sql, values, TestContext.Current.CancellationToken);
    }

    public static async Task<long> CountAsync(this PostgresFixture postgres, string sql, params object[] values)
    {
        await using var connection = await postgres.Database.OpenAsync(TestContext.Current.CancellationToken);
        return await connection.FirstAsync(sql, values, row => row.GetInt64(0), TestContext.Current.CancellationToken);
    }

    /// <summary>How each association that brought images of the study ended.</summary>
    public static async Task<List<string>> EndingsAsync(this PostgresFixture postgres, string study)
    {
        await using var connection = await postgres.Database.OpenAsync(TestContext.Current.CancellationToken);
        return await connection.ListAsync(
            "select distinct a.id, a.ending || ' after ' || a.objects || case a.objects when 1 then ' object' else ' objects' end from association a join instance i on i.association_id = a.id where i.study_uid = $1",
            [study], row => row.GetString(1), TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until that many associations that brought images of the study have their ending.</summary>
    public static Task AssociationsEndedAsync(this PostgresFixture postgres, string study, int count) => UntilAsync(async _ => await postgres.CountAsync(
        "select count(*) from association where ended_at is not null and id in (select association_id from instance where study_uid = $1)", study) >= count);
}
