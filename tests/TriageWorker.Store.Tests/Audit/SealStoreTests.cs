using System.Diagnostics;
using Npgsql;
using TriageWorker.Testing;

namespace TriageWorker.Store.Tests.Audit;

[Collection(typeof(HorizonTests))]
public sealed class SealStoreTests(PostgresServer server)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_row_comes_under_one_seal_in_order_of_transactions()
    {
        await using var ledger = await SomeLedger.OnAsync(server);
        await ledger.AppendAsync(22); // and the one that names the installation

        var head = await ledger.SealAsync(most: 5);

        var seals = await ledger.AllSealsAsync();
        seals.Select(seal => seal.Rows).ShouldBe([5, 5, 5, 5, 4]); // the last one: the opening of the epoch
        seals.Skip(1).Select(seal => seal.Previous).ShouldBe(seals.SkipLast(1).Select(seal => seal.Hash));
        seals.Zip(seals.Skip(1)).ShouldAllBe(pair => pair.First.Last < pair.Second.First);
        (head.Total, head.Epoch).ShouldBe((24, 1));
        (await ledger.Seals.SealNextAsync(Stop)).ShouldBeNull();
        await ledger.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_transaction_that_stays_open_holds_back_all_that_is_newer_and_comes_in_its_place_once_it_ends()
    {
        await using var ledger = await SomeLedger.OnAsync(server);
        await ledger.SealAsync();
        await using (var open = await ledger.Database.BeginAsync(Stop))
        {
            await SomeLedger.AppendAsync(open, "test.slow");
            await ledger.AppendAsync(3, "test.quick");
            (await ledger.SealAsync(isHeld: true)).Total.ShouldBe(2); // what was there before
            await ledger.AppendAsync(1, "test.quick");
            await open.CommitAsync(Stop);
        }

        await ledger.SealAsync(most: 1);

        (await ledger.ListAsync("select event from audit_seal join audit on (xid, id) = (first_xid, first_id) order by seq", row => row.GetString(0))).TakeLast(5)
            .ShouldBe(["test.slow", "test.quick", "test.quick", "test.quick", "test.quick"]);
        await ledger.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task What_was_rolled_back_leaves_no_gap_that_counts()
    {
        await using var ledger = await SomeLedger.OnAsync(server);
        await ledger.AppendAsync(2);
        await using (var undone = await ledger.Database.BeginAsync(Stop)) await SomeLedger.AppendAsync(undone, "test.undone");
        await ledger.AppendAsync(2);
        await ledger.SealAsync();
        await ledger.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Of_many_sealers_at_once_one_seals_each_batch()
    {
        await using var ledger = await SomeLedger.OnAsync(server);
        await ledger.AppendAsync(60);

        var sealers = Enumerable.Range(0, 6).Select(async _ =>
        {
            var sealedRows = 0L;
            for (var look = 0; look < 40; look++)
                if (await ledger.Seals.SealNextAsync(most: 2, Stop) is { } seal) sealedRows += seal.Rows;
            return sealedRows;
        });
        var rows = (await Task.WhenAll(sealers)).Sum();
        var before = (await ledger.Seals.HeadAsync(Stop)).ShouldNotBeNull().Total;

        rows.ShouldBe(before);
        (await ledger.SealAsync()).Total.ShouldBe(62);
        await ledger.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_second_seal_after_the_same_one_cannot_be_put_in()
    {
        await using var ledger = await SomeLedger.SealedAsync(server);
        var fork = (await ledger.AllSealsAsync())[1];

        var refused = await Should.ThrowAsync<PostgresException>(() => ledger.ExecuteAsync(
            """
            insert into audit_seal select 99, epoch, cluster, floor_id, first_xid, first_id, last_xid, last_id, top_id, rows, total, sealed_at, content, previous, sha256('x'), marks
            from audit_seal where seq = $1
            """, fork.Seq));

        refused.SqlState.ShouldBe(PostgresErrorCodes.UniqueViolation);
        refused.ConstraintName.ShouldBe("audit_seal_previous_key");
    }

    [Fact]
    public async Task A_sealer_that_is_killed_between_batches_leaves_whole_seals_and_the_next_one_goes_on()
    {
        await using var ledger = await SomeLedger.OnAsync(server);
        await ledger.AppendAsync(150);
        using (var sealer = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["seal", ledger.ConnectionString]) { RedirectStandardOutput = true })!)
        {
            for (var seals = 0; seals < 5; seals++) (await sealer.StandardOutput.ReadLineAsync(Stop)).ShouldNotBeNull();
            sealer.Kill();
            await sealer.WaitForExitAsync(Stop);
        }

        await ledger.ShouldBeSoundAsync();
        (await ledger.SealAsync()).Total.ShouldBe(152);
        await ledger.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Looking_for_what_is_not_sealed_reads_the_index_behind_the_last_seal_only()
    {
        await using var ledger = await SomeLedger.OnAsync(server);
        await ledger.ExecuteAsync("insert into audit (actor, event) select 'tester', 'test.many' from generate_series(1, 20000)");
        var head = await ledger.SealAsync(most: 5000);
        await ledger.ExecuteAsync("analyze audit");

        var plan = string.Join('\n', await ledger.ListAsync(
            $"""
             explain (analyze, buffers, costs off, timing off, summary off) select {LedgerRow.Columns} from audit
             where cluster = {head.Cluster} and id > {head.FloorId} and (xid, id) > ('{head.Last.Xid}'::xid8, {head.Last.Id}) and xid < pg_snapshot_xmin(pg_current_snapshot())
             order by xid, id limit 5000
             """, row => row.GetString(0)));

        plan.ShouldContain("Index Scan using audit_order");
        plan.ShouldNotContain("Sort");
    }

    [Fact]
    public async Task A_login_without_rights_of_its_own_can_seal()
    {
        await using var owner = await SomeLedger.OnAsync(server);
        var name = $"plain_{Guid.NewGuid():N}";
        await owner.ExecuteAsync($"create role {name} login password 'plain'; grant select, insert on all tables in schema public to {name}");
        await using var ledger = new SomeLedger(new NpgsqlConnectionStringBuilder(owner.ConnectionString) { Username = name, Password = "plain", Pooling = false }.ConnectionString);
        await ledger.AppendAsync(3);

        (await ledger.SealAsync()).Total.ShouldBe(5);

        await ledger.ShouldBeSoundAsync();
        (await Should.ThrowAsync<PostgresException>(() => ledger.ExecuteAsync("delete from audit_seal"))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }
}
