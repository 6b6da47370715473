using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TriageWorker.Phantoms;
using TriageWorker.Testing;

namespace TriageWorker.EndToEnd;

/// <summary>
/// Findings that are sentences, from the published checkpoint's layout to a score and back: a package is made, studies are scored with it,
/// and sentences that are tried afterwards say of them what a package with these sentences says.
/// </summary>
public sealed class ZeroShotTests(PostgresServer server) : IClassFixture<PostgresServer>, IAsyncDisposable
{
    private const string Python = "/usr/bin/python3"; // Debian's own, which has Debian's python3-numpy
    private readonly TemporaryFolder _folder = new();

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_sentences_would_have_flagged_is_what_a_package_made_of_them_says()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        Assert.SkipUnless(File.Exists(Python), "NumPy is not here: install python3-numpy.");
        await using var database = await SharedDatabase.CreateAsync(server);
        var package = _folder.At("merlin");
        (await TriageProgram.RunAsync("models", "import", "merlin", "--checkpoint", Shared.At("merlin", "tiny", "default.pt"), "--tokenizer", ImportedMerlin.Tokenizer(_folder.At("tokenizer")), "--text-heads", "4", "--text-window", "16",
            "--licence", "for tests", "--out", package)).Expect().Output.ShouldContain("30 findings");
        ImportedMerlin.WantCoverage(package, 20);

        var studies = new List<string>();
        await using (var product = await StartAsync(database, package))
        {
            foreach (var seed in (int[])[701, 702, 703]) studies.Add(await ScoredAsync(product, seed, "first"));
            (await product.StopAsync()).ShouldBe(0, product.Log);
        }

        // The live scores are what NumPy makes of the stored vectors and the package's rows.
        var live = await ScoresAsync(database, studies);
        await SeeThatNumPyAgreesAsync(database, package, live);

        // The package's own sentences, tried over the stored vectors.
        var own = await TryAsync(database, package, Path.Combine(package, "prompts.json"), "--finding", "FREE_AIR", "--finding", "GALLSTONES");
        own.Said.ShouldContain("newest image vector of 3 studies");
        own.Rows.Count.ShouldBe(6);
        foreach (var row in own.Rows)
        {
            row.Before.ShouldBe(live[(row.Study, row.Finding)], "stored vectors are scored to the last bit as they were");
            row.Score.ShouldBe(row.Before!.Value, 1e-5);
        }

        // Other sentences for one finding, and one that the package has not.
        var changed = Changed(Path.Combine(package, "prompts.json"));
        var foretold = await TryAsync(database, package, changed);
        foretold.Said.ShouldContain("FREE_AIR (Free air): other sentences");
        foretold.Said.ShouldContain("TORN_SPLEEN (torn spleen): new");
        foretold.Rows.Count.ShouldBe(6);

        // A package of them, beside the old one; the same images again under other UIDs.
        var next = _folder.At("merlin-2");
        var built = (await TriageProgram.RunAsync("models", "prompts", "build", "--package", package, "--bank", changed, "--out", next)).Expect().Output;
        built.ShouldContain("new: TORN_SPLEEN; other sentences: FREE_AIR");
        var again = new List<string>();
        await using (var product = await StartAsync(database, next))
        {
            foreach (var seed in (int[])[701, 702, 703]) again.Add(await ScoredAsync(product, seed, "again"));
            (await product.StopAsync()).ShouldBe(0, product.Log);
        }

        var scored = await ScoresAsync(database, again);
        foreach (var row in foretold.Rows) scored[(again[studies.IndexOf(row.Study)], row.Finding)].ShouldBe(row.Score, 1e-5);

        // Vectors of both packages are of one space; those of other weights would say nothing.
        (await TryAsync(database, next, changed, "--finding", "FREE_AIR")).Said.ShouldContain("another package with the same weights and input");
        await database.ExecuteAsync($"update embedding_source set space = '\\x00' where package_digest <> decode('{Digest(next)}', 'hex')");
        var alone = await TryAsync(database, next, changed, "--finding", "FREE_AIR");
        alone.Said.ShouldContain("left out: 3 of merlin");
        alone.Rows.Select(row => row.Study).ShouldBe(again, ignoreOrder: true);
        await database.ExecuteAsync("update embedding_source set space = '\\x00'");
        var refused = await TypeAsync(database, "models", "prompts", "test", "--package", next, "--bank", changed, "--finding", "FREE_AIR");
        refused.ExitCode.ShouldBe(2);
        refused.Output.ShouldContain("No image vector is kept that weights and input of merlin");
    }

    [Fact]
    public async Task A_package_is_never_made_of_what_it_has_and_keeps_only_thresholds_that_still_mean_the_same()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var package = _folder.At("merlin");
        (await TriageProgram.RunAsync("models", "import", "merlin", "--checkpoint", Shared.At("merlin", "tiny", "default.pt"), "--tokenizer", ImportedMerlin.Tokenizer(_folder.At("tokenizer")), "--text-heads", "4", "--text-window", "16",
            "--prompts", Bank("1", "free air"), "--licence", "for tests", "--out", package)).Expect().Output.ShouldContain("2 findings");

        Refused(await BuildAsync(package, Path.Combine(package, "prompts.json"), "same")).ShouldContain("has these very sentences already");
        Refused(await BuildAsync(package, Bank("1", "gas below the diaphragm"), "same")).ShouldContain("still called site 1");
        Refused(await BuildAsync(package, Bank("2", "gas below the diaphragm"), "merlin")).ShouldContain("is there already");

        (await BuildAsync(package, Bank("2", "gas below the diaphragm"), "none")).Expect().Output.ShouldContain("Where the site's own policy approves one of FREE_AIR, approve it anew");
        await ApproveAsync(package, "GALLSTONES");
        (await BuildAsync(package, Bank("2", "gas below the diaphragm"), "kept")).Expect().Output.ShouldContain("policy.json was taken over");
        (await File.ReadAllTextAsync(_folder.At("kept", "policy.json"))).ShouldContain("GALLSTONES");
        await ApproveAsync(package, "FREE_AIR");
        (await BuildAsync(package, Bank("2", "gas below the diaphragm"), "silent")).Expect().Output.ShouldContain("policy.json was not taken over: it approves FREE_AIR, whose score means something else now.");
        File.Exists(_folder.At("silent", "policy.json")).ShouldBeFalse();
    }

    private Task<ToolResult> BuildAsync(string package, string bank, string name) => TriageProgram.RunAsync("models", "prompts", "build", "--package", package, "--bank", bank, "--out", _folder.At(name));

    private static string Refused(ToolResult result)
    {
        result.ExitCode.ShouldBe(2, result.Output);
        return result.Output;
    }

    private static Task ApproveAsync(string package, string key) => File.WriteAllTextAsync(Path.Combine(package, "policy.json"),
        $$"""{ "schema": 1, "id": "site", "version": "1", "package": "merlin", "findings": [ { "key": "{{key}}", "level": "high", "threshold": 0.1 } ] }""");

    private string Bank(string version, string freeAir)
    {
        var file = _folder.At($"bank-{Guid.NewGuid():n}.json");
        File.WriteAllText(file, $$"""
            { "schema": 1, "id": "site", "version": "{{version}}", "language": "en", "findings": [
              { "key": "FREE_AIR", "label": "Free air", "code": { "value": "FREE_AIR", "scheme": "99TRIAGE", "meaning": "Free air" }, "positive": ["{{freeAir}}"], "negative": ["no free air"] },
              { "key": "GALLSTONES", "label": "Gallstones", "code": { "value": "GALLSTONES", "scheme": "99TRIAGE", "meaning": "Gallstones" }, "positive": ["stones"], "negative": ["no stones"] }
            ] }
            """);
        return file;
    }

    private static Task<Product> StartAsync(SharedDatabase database, string package, string folder) =>
        Product.StartAsync(folder, ("Database:ConnectionString", Connection(database)), ("Scoring:Packages:0:Folder", package), ("Intake:IdleTime", "00:00:01"));

    private Task<Product> StartAsync(SharedDatabase database, string package) => StartAsync(database, package, _folder.At("product"));

    /// <summary>The same phantom has the same pixels under any identity.</summary>
    private async Task<string> ScoredAsync(Product product, int seed, string identity)
    {
        var folder = _folder.At($"{identity}-{seed}");
        var files = PhantomDicom.Write(Phantom.Draw(MainJob.Small(seed, seed == 702 ? PhantomFindings.FreeAir : PhantomFindings.None)), folder, new PhantomWriteOptions { Identity = identity });
        await product.PushFolderAsync(folder);
        (await product.StudyAsync(files.StudyInstanceUid, MainJob.IsDecided)).Because().ShouldContain("no finding is in use here yet");
        return files.StudyInstanceUid;
    }

    private static async Task<Dictionary<(string Study, string Finding), double>> ScoresAsync(SharedDatabase database, IReadOnlyList<string> studies)
    {
        var scores = new Dictionary<(string, string), double>();
        foreach (var study in studies)
        {
            var result = await database.ReadAsync<string>($"select scores::text from result join generation on id = generation_id where study_uid = '{study}'");
            foreach (var finding in JsonNode.Parse(result)!["findings"]!.AsArray()) scores[(study, (string)finding!["key"]!)] = (double)finding["score"]!;
        }

        return scores;
    }

    private static async Task SeeThatNumPyAgreesAsync(SharedDatabase database, string package, Dictionary<(string Study, string Finding), double> live)
    {
        const string program = """
            import json, sys, numpy as n
            package, vectors = sys.argv[1], json.loads(sys.argv[2])
            rows = n.load(package + '/findings.npy').astype('f8')
            bank = json.load(open(package + '/prompts.json'))
            for study, content in vectors.items():
                image = n.frombuffer(bytes.fromhex(content), '<f4').astype('f8')
                image, row = image / n.linalg.norm(image), 0
                for finding in bank['findings']:
                    positive, negative = len(finding['positive']), len(finding['negative'])
                    cosines = rows[row:row + positive + negative] @ image
                    row += positive + negative
                    print(study, finding['key'], repr(float(cosines[:positive].mean() - cosines[positive:].mean())))
                assert row == len(rows)
            """;
        var vectors = new Dictionary<string, string>();
        foreach (var study in live.Keys.Select(key => key.Study).Distinct())
            vectors[study] = await database.ReadAsync<string>($"select encode(contrastive, 'hex') from embedding where study_uid = '{study}'");
        var lines = (await ExternalTool.RunAsync(Python, "-c", program, package, JsonSerializer.Serialize(vectors))).Expect().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(live.Count);
        foreach (var line in lines.Select(line => line.Split(' '))) live[(line[0], line[1])].ShouldBe(double.Parse(line[2], CultureInfo.InvariantCulture), 1e-6, line[1]);
    }

    private async Task<(string Said, List<TriedRow> Rows)> TryAsync(SharedDatabase database, string package, string bank, params string[] more)
    {
        var table = _folder.At($"{Guid.NewGuid():n}.csv");
        var said = (await TypeAsync(database, ["models", "prompts", "test", "--package", package, "--bank", bank, "--threshold", "-2", "--csv", table, .. more])).Expect().Output;
        return (said, [.. File.ReadAllLines(table).Skip(1).Select(line => line.Split(',')).Select(cells => new TriedRow(cells[0], cells[1], Number(cells[2]), cells[5].Length == 0 ? null : Number(cells[5])))]);
    }

    private static Task<ToolResult> TypeAsync(SharedDatabase database, params string[] arguments) => ExternalTool.RunAsync("dotnet", [TriageProgram.Path, .. arguments],
        new Dictionary<string, string>(TriageProgram.Environment) { ["TRIAGE__Database__ConnectionString"] = Connection(database) });

    private static string Connection(SharedDatabase database) => database.Settings.Single(setting => setting.Key == "Database:ConnectionString").Value;

    private static string Digest(string package) => Models.Packages.ModelPackage.Load(package).Digest;

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private string Changed(string bank)
    {
        var document = JsonNode.Parse(File.ReadAllText(bank))!;
        document["version"] = "2";
        var findings = document["findings"]!.AsArray();
        var freeAir = findings.Single(finding => (string)finding!["key"]! == "FREE_AIR")!;
        freeAir["positive"] = new JsonArray("gas where none should be", "peritoneal cavity : gas below the diaphragm .");
        findings.Add(new JsonObject
        {
            ["key"] = "TORN_SPLEEN",
            ["label"] = "torn spleen",
            ["code"] = new JsonObject { ["value"] = "TORN_SPLEEN", ["scheme"] = "99TRIAGE", ["meaning"] = "Torn spleen" },
            ["positive"] = new JsonArray("splenic laceration"),
            ["negative"] = new JsonArray("spleen : normal ."),
        });
        File.WriteAllText(_folder.At("changed.json"), document.ToJsonString());
        return _folder.At("changed.json");
    }

    private sealed record TriedRow(string Finding, string Study, double Score, double? Before);
}
