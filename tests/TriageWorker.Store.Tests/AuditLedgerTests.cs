using Npgsql;
using TriageWorker.Testing;

namespace TriageWorker.Store.Tests;

public sealed class AuditLedgerTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, InlineData("update audit set actor = 'x'"), InlineData("delete from audit"), InlineData("truncate audit"),
        InlineData("update audit_seal set rows = 1"), InlineData("delete from audit_seal"), InlineData("truncate audit_seal"),
        InlineData("set session_replication_role = replica; delete from audit")]
    public async Task A_line_cannot_be_changed_or_removed(string attempt)
    {
        await AppendAsync("test.kept", commit: true);
        await fixture.Get<SealStore>().SealNextAsync(Stop);

        (await Should.ThrowAsync<PostgresException>(() => fixture.ExecuteAsync(attempt))).MessageText.ShouldContain("never changed or removed");

        (await fixture.CountAsync("audit where event = 'test.kept' and actor = 'tester'")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_line_stands_with_its_transaction_and_carries_its_number_or_is_not_there()
    {
        await AppendAsync("test.rolledback", commit: false);
        await AppendAsync("test.committed", commit: true);

        (await fixture.CountAsync("audit where event = 'test.rolledback'")).ShouldBe(0);
        (await fixture.ReadAsync("select xid < pg_snapshot_xmax(pg_current_snapshot()) from audit where event = 'test.committed'", row => row.GetBoolean(0))).ShouldBeTrue();
    }

    private async Task AppendAsync(string what, bool commit)
    {
        await using var transaction = await fixture.Database.BeginAsync(Stop);
        await AuditLedger.AppendAsync(transaction, new AuditEntry("tester", what, SomeStudies.NewStudy(), Detail: new() { ["n"] = 1 }), Stop);
        if (commit) await transaction.CommitAsync(Stop);
    }
}
