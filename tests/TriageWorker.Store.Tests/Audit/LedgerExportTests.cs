using System.Text.Json;
using TriageWorker.Testing;

namespace TriageWorker.Store.Tests.Audit;

/// <summary>What leaves is recomputed by the script that docs/audit-ledger.md prints, which knows nothing of ours.</summary>
[Collection(typeof(HorizonTests))]
public sealed class LedgerExportTests(PostgresServer server) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Python_recomputes_the_chain_of_a_whole_export_to_the_same_head()
    {
        await using var ledger = await LedgerAsync();

        var (lines, said) = await ExportAsync(ledger, new LedgerSelection());

        var head = (await ledger.Seals.HeadAsync(Stop)).ShouldNotBeNull();
        said.ShouldBe($"seal {head.Seq} hash {Convert.ToHexStringLower(head.Hash)}\n");
        lines.Count(line => Kind(line) == "row").ShouldBe((await ledger.ListAsync("select count(*)::integer from audit", row => row.GetInt32(0))).Single());
        lines.Count(line => Kind(line) == "row" && line.GetProperty("seal").ValueKind == JsonValueKind.Null).ShouldBe(2);
        lines.ShouldNotContain(line => Kind(line) == "withheld");
    }

    [Fact]
    public async Task Python_recomputes_the_chain_of_one_study_without_seeing_any_other()
    {
        await using var ledger = await LedgerAsync();

        var (lines, said) = await ExportAsync(ledger, new LedgerSelection(Study: "2.25.99"));

        var head = (await ledger.Seals.HeadAsync(Stop)).ShouldNotBeNull();
        said.ShouldBe($"seal {head.Seq} hash {Convert.ToHexStringLower(head.Hash)}\n");
        lines.Where(line => Kind(line) == "row").ShouldHaveSingleItem().GetProperty("study").GetString().ShouldBe("2.25.99");
        lines.Count(line => Kind(line) == "withheld").ShouldBe(4); // beside it under its seal
        lines.Count(line => Kind(line) == "seal").ShouldBe((int)head.Seq);
    }

    [Fact]
    public async Task A_time_selects_from_its_beginning_and_to_before_its_end()
    {
        await using var ledger = await LedgerAsync();
        var times = await ledger.ListAsync("select at from audit order by at", row => row.GetFieldValue<DateTimeOffset>(0));

        var (lines, _) = await ExportAsync(ledger, new LedgerSelection(times[6], times[9]));

        lines.Where(line => Kind(line) == "row").Select(line => DateTimeOffset.Parse(line.GetProperty("at").GetString()!, System.Globalization.CultureInfo.InvariantCulture)).Order()
            .ShouldBe(times[6..9]);
    }

    [Theory]
    [InlineData("\"tester\"", "\"tEster\"")]
    [InlineData("\"total\":10", "\"total\":11")]
    public async Task Python_says_where_an_export_was_changed(string what, string into)
    {
        await using var ledger = await LedgerAsync();
        await ExportAsync(ledger, new LedgerSelection());
        var lines = await File.ReadAllLinesAsync(_folder.At("export"), Stop);
        var at = Array.FindIndex(lines, line => line.Contains(what, StringComparison.Ordinal) && line.Contains("\"seal\":2", StringComparison.Ordinal));
        lines[at] = lines[at].Replace(what, into, StringComparison.Ordinal);
        await File.WriteAllLinesAsync(_folder.At("export"), lines, Stop);

        var said = await ExternalTool.RunAsync("python3", Script(), _folder.At("export"));

        said.ExitCode.ShouldNotBe(0);
        said.Output.ShouldContain("seal 2");
    }

    private async Task<SomeLedger> LedgerAsync()
    {
        var ledger = await SomeLedger.SealedAsync(server, rows: 17);
        await ledger.ExecuteAsync("insert into audit (actor, event, study_uid, detail) values ('tester', 'test.other', '2.25.99', '{\"b\": 1.50, \"a\": [null, true, \"\\u20ac\\n\"], \"aa\": 1e400}')");
        await ledger.AppendAsync(8);
        await ledger.SealAsync();
        await ledger.AppendAsync(2); // not sealed
        return ledger;
    }

    private async Task<(List<JsonElement> Lines, string Said)> ExportAsync(SomeLedger ledger, LedgerSelection selection)
    {
        var path = _folder.At("export");
        await using (var file = File.Create(path)) await new LedgerExport(ledger.Database).WriteAsync(file, selection, _ => { }, _ => { }, Stop);
        var said = (await ExternalTool.RunAsync("python3", Script(), path)).Expect().Output;
        return ([.. (await File.ReadAllLinesAsync(path, Stop)).Select(line => JsonDocument.Parse(line).RootElement)], said);
    }

    private string Script()
    {
        const string opening = "```python\n";
        var document = File.ReadAllText(Repository.At("docs", "audit-ledger.md"));
        var begin = document.IndexOf(opening, StringComparison.Ordinal) + opening.Length;
        var path = _folder.At("verify.py");
        File.WriteAllText(path, document[begin..document.IndexOf("```", begin, StringComparison.Ordinal)]);
        return path;
    }

    private static string Kind(JsonElement line) => line.GetProperty("kind").GetString()!;
}
