using TriageWorker.Testing;

namespace TriageWorker.Store.Tests.Audit;

/// <summary>What somebody with all rights may do to the ledger, and where verification says that it was done.</summary>
[Collection(typeof(HorizonTests))]
public sealed class LedgerVerificationTests(PostgresServer server) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private HeadFile Heads => new(_folder.At("heads.jsonl"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_changed_row_is_named_with_its_seal()
    {
        foreach (var change in (string[])["actor = 'somebody else'", "at = at + interval '1 microsecond'", "at = 'infinity'", "detail = detail || '{\"n\": 77}'", "study_uid = null", "generation_id = null", "event = 'test.other'"])
        {
            await using var ledger = await SomeLedger.SealedAsync(server, rows: 12);
            var id = await ledger.IdUnderAsync(2, place: 1);

            await ledger.TamperAsync($"update audit set {change} where id = $1", id);

            var fault = (await ledger.VerifyAsync()).Faults.ShouldHaveSingleItem();
            (fault.Kind, fault.Seal).ShouldBe((LedgerFaultKind.ChangedRow, 2));
            fault.Sentence.ShouldContain($"id {id}, under seal 2 ");
        }
    }

    [Fact]
    public async Task A_deleted_row_is_named_with_its_seal_and_every_other_one_too()
    {
        await using var ledger = await SomeLedger.SealedAsync(server);
        var (first, second, third) = (await ledger.IdUnderAsync(2, 0), await ledger.IdUnderAsync(2, 1), await ledger.IdUnderAsync(4, 4));

        await ledger.TamperAsync("delete from audit where id = any($1)", new[] { first, second, third });

        var faults = (await ledger.VerifyAsync()).Faults;
        faults.Select(fault => (fault.Kind, fault.Seal)).ShouldBe([(LedgerFaultKind.MissingRow, 2L), (LedgerFaultKind.MissingRow, 4L)]);
        faults[0].Sentence.ShouldContain($"id {first} to {second}, under seal 2 ");
        faults[1].Sentence.ShouldContain($"id {third}, under seal 4 ");
    }

    [Fact]
    public async Task A_row_put_under_a_seal_or_between_two_is_named()
    {
        await using var ledger = await SomeLedger.SealedAsync(server);
        var seals = await ledger.AllSealsAsync();

        await ledger.TamperAsync("insert into audit (xid, actor, event) values ($1::xid8, 'x', 'test.forged')", Seal.Xid(seals[1].First)); // its id is greater than that row's
        await ledger.TamperAsync("insert into audit (id, xid, actor, event) overriding system value values (500, $1::xid8, 'x', 'test.forged')", Seal.Xid(seals[2].Last));

        var faults = (await ledger.VerifyAsync()).Faults;
        faults.Select(fault => (fault.Kind, fault.Seal)).ShouldBe([(LedgerFaultKind.InsertedRow, 2L), (LedgerFaultKind.InsertedRow, 4L)]);
        faults[0].Sentence.ShouldContain("under seal 2 ");
        faults[1].Sentence.ShouldContain("id 500, from xid");
        faults[1].Sentence.ShouldContain("before seal 4 ");
    }

    [Fact]
    public async Task Rows_that_were_swapped_are_named()
    {
        await using var ledger = await SomeLedger.SealedAsync(server);
        var (one, other) = (await ledger.IdUnderAsync(3, 1), await ledger.IdUnderAsync(3, 2));

        await ledger.TamperAsync("update audit set xid = (select xid from audit other where other.id = $1 + $2 - audit.id) where id in ($1, $2)", one, other);

        var fault = (await ledger.VerifyAsync()).Faults.ShouldHaveSingleItem();
        (fault.Kind, fault.Seal).ShouldBe((LedgerFaultKind.ChangedRow, 3));
        fault.Sentence.ShouldContain($"id {one} to {other}, under seal 3 ");
    }

    [Fact]
    public async Task A_row_that_was_moved_to_another_seals_place_is_missed_at_the_one_and_found_at_the_other()
    {
        await using var ledger = await SomeLedger.SealedAsync(server);
        var id = await ledger.IdUnderAsync(2, 2);
        var seals = await ledger.AllSealsAsync();

        await ledger.TamperAsync("update audit set xid = $2::xid8 where id = $1", id, Seal.Xid(seals[3].Last));

        (await ledger.VerifyAsync()).Faults.Select(fault => (fault.Kind, fault.Seal)).ShouldBe([(LedgerFaultKind.MissingRow, 2L), (LedgerFaultKind.InsertedRow, 4L)]);
    }

    [Fact]
    public async Task A_row_changed_with_the_mark_that_would_betray_it_is_still_told_under_its_seal()
    {
        await using var ledger = await SomeLedger.SealedAsync(server);
        var id = await ledger.IdUnderAsync(2, 0);
        await ledger.TamperAsync("update audit set actor = 'x' where id = $1", id);
        using var content = new SealContent();
        foreach (var row in await ledger.ListAsync($"select {LedgerRow.Columns} from audit where id = $1", LedgerRow.Read, id)) content.Add(row);

        await ledger.TamperAsync("update audit_seal set marks = $1 || substring(marks from 17) where seq = 2", RowMark.Write(content.Marks));

        var fault = (await ledger.VerifyAsync()).Faults.ShouldHaveSingleItem();
        (fault.Kind, fault.Seal).ShouldBe((LedgerFaultKind.ChangedRow, 2));
        fault.Sentence.ShouldContain("its marks with them");
    }

    [Fact]
    public async Task A_deleted_seal_is_named_and_so_are_the_rows_that_were_under_it()
    {
        await using var ledger = await SomeLedger.SealedAsync(server);
        var (from, to) = (await ledger.IdUnderAsync(2, 0), await ledger.IdUnderAsync(2, 4));

        await ledger.TamperAsync("delete from audit_seal where seq = 2");

        var faults = (await ledger.VerifyAsync()).Faults;
        faults.Select(fault => (fault.Kind, fault.Seal)).ShouldBe([(LedgerFaultKind.InsertedRow, 3L), (LedgerFaultKind.MissingSeal, 3L)]);
        faults[0].Sentence.ShouldContain($"id {from} to {to}, ");
        faults[1].Sentence.ShouldContain("Seals were deleted: 2, before seal 3 ");
    }

    [Fact]
    public async Task A_seal_whose_values_were_changed_is_named()
    {
        foreach (var change in (string[])["sealed_at = sealed_at - interval '1 day'", "total = total + 1", "top_id = top_id + 1", "hash = sha256('x')"])
        {
            await using var ledger = await SomeLedger.SealedAsync(server);
            await ledger.TamperAsync($"update audit_seal set {change} where seq = 3");
            (await ledger.VerifyAsync()).Faults.ShouldContain(fault => fault.Kind == LedgerFaultKind.ChangedSeal && fault.Seal == 3, change);
        }
    }

    [Fact]
    public async Task A_seal_that_was_forged_to_fit_a_changed_row_breaks_the_chain_after_it()
    {
        await using var ledger = await SomeLedger.SealedAsync(server);
        await ledger.TamperAsync("update audit set actor = 'x' where id = $1", await ledger.IdUnderAsync(2, 0));
        await ForgeAsync(ledger, seq: 2);

        var fault = (await ledger.VerifyAsync()).Faults.ShouldHaveSingleItem();

        (fault.Kind, fault.Seal).ShouldBe((LedgerFaultKind.BrokenLink, 3));
        fault.Sentence.ShouldContain("before seal 3 ");
    }

    [Fact]
    public async Task A_whole_chain_that_was_forged_to_fit_shows_against_the_head_file()
    {
        await using var ledger = await SomeLedger.SealedAsync(server);
        foreach (var seal in await ledger.AllSealsAsync()) Heads.Append(SealHead.Of(seal));
        await ledger.ShouldBeSoundAsync(Heads);
        await ledger.TamperAsync("update audit set actor = 'x' where id = $1", await ledger.IdUnderAsync(2, 0));
        for (var seq = 2; seq <= (await ledger.AllSealsAsync()).Count; seq++) await ForgeAsync(ledger, seq);
        await ledger.ShouldBeSoundAsync(); // nothing inside the database tells

        var fault = (await ledger.VerifyAsync(Heads)).Faults.ShouldHaveSingleItem();

        (fault.Kind, fault.Seal).ShouldBe((LedgerFaultKind.RewrittenChain, 2));
    }

    [Fact]
    public async Task A_tail_cut_with_its_seals_shows_against_the_head_file_also_when_the_ledger_has_grown_since()
    {
        await using var ledger = await SomeLedger.SealedAsync(server);
        var seals = await ledger.AllSealsAsync();
        Heads.Append(SealHead.Of(seals[1]));
        Heads.Append(SealHead.Of(seals[^1]));
        await ledger.TamperAsync("delete from audit where (xid, id) >= ($1::xid8, $2)", Seal.Xid(seals[3].First), seals[3].First.Id);
        await ledger.TamperAsync("delete from audit_seal where seq >= 4");
        await ledger.ShouldBeSoundAsync(); // nothing inside the database tells

        var cut = (await ledger.VerifyAsync(Heads)).Faults.ShouldHaveSingleItem();

        cut.Kind.ShouldBe(LedgerFaultKind.CutTail);
        cut.Sentence.ShouldContain($"ends with seal 3 ");
        cut.Sentence.ShouldContain($"Seals 4 to {seals.Count} and the {seals[^1].Total - 15} rows under them are gone.");
        await ledger.AppendAsync(40);
        await ledger.SealAsync();
        (await ledger.VerifyAsync(Heads)).Faults.ShouldHaveSingleItem().Kind.ShouldBe(LedgerFaultKind.RewrittenChain);
    }

    [Fact]
    public async Task A_ledger_emptied_with_all_seals_shows_against_the_head_file()
    {
        await using var ledger = await SomeLedger.SealedAsync(server);
        Heads.Append(SealHead.Of((await ledger.AllSealsAsync())[^1]));

        await ledger.TamperAsync("delete from audit");
        await ledger.TamperAsync("delete from audit_seal");

        (await ledger.VerifyAsync(Heads)).Faults.ShouldHaveSingleItem().Sentence.ShouldContain("no seal at all");
    }

    [Fact]
    public async Task A_head_file_that_is_gone_is_no_silence()
    {
        await using var ledger = await SomeLedger.SealedAsync(server);
        (await ledger.VerifyAsync(Heads)).Faults.ShouldHaveSingleItem().Kind.ShouldBe(LedgerFaultKind.NoHeadFile);
        await using var empty = await SomeLedger.OnAsync(server);
        (await empty.VerifyAsync(Heads)).Faults.ShouldBeEmpty(); // nothing was sealed, so nothing was told
    }

    [Fact]
    public async Task Rows_that_wait_are_counted_and_a_fault_only_when_they_wait_for_long()
    {
        await using var ledger = await SomeLedger.SealedAsync(server);
        await ledger.AppendAsync(3);

        var (verdict, faults) = await ledger.VerifyAsync();

        (verdict.Unsealed, faults.Count).ShouldBe((3, 0));
        var overdue = (await ledger.VerifyAsync(overdueAfter: TimeSpan.Zero)).Faults.ShouldHaveSingleItem();
        overdue.Kind.ShouldBe(LedgerFaultKind.Overdue);
        overdue.Sentence.ShouldStartWith("3 rows wait for their seal");
    }

    [Fact]
    public async Task Every_column_of_the_ledger_is_under_the_seal()
    {
        await using var ledger = await SomeLedger.OnAsync(server);
        var columns = await ledger.ListAsync("select column_name::text from information_schema.columns where table_name = 'audit'", row => row.GetString(0));
        columns.ShouldBe(LedgerRow.Columns.Replace("::text", "", StringComparison.Ordinal).Split(", "), ignoreOrder: true);
    }

    /// <summary>Makes a seal fit what is there now, as somebody does who knows how it is made.</summary>
    private static async Task ForgeAsync(SomeLedger ledger, long seq)
    {
        var seals = await ledger.AllSealsAsync();
        var seal = seals.Single(seal => seal.Seq == seq);
        using var content = new SealContent();
        foreach (var row in await ledger.ListAsync($"select {LedgerRow.Columns} from audit where (xid, id) between ($1::xid8, $2) and ($3::xid8, $4) order by xid, id", LedgerRow.Read,
            Seal.Xid(seal.First), seal.First.Id, Seal.Xid(seal.Last), seal.Last.Id)) content.Add(row);
        seal = seal with { Content = content.Digest(), Previous = seals.Single(before => before.Seq == seq - 1).Hash };
        await ledger.TamperAsync("update audit_seal set content = $2, previous = $3, hash = $4, marks = $5 where seq = $1",
            seq, seal.Content, seal.Previous, seal.ComputeHash(), RowMark.Write(content.Marks));
    }
}
