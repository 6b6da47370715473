using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TriageWorker.Dicom.Network;
using TriageWorker.Phantoms;
using TriageWorker.Testing;

namespace TriageWorker.EndToEnd;

/// <summary><c>triage study</c> as an administrator types it beside a product that runs, at the moments at which somebody asks.</summary>
public sealed partial class StudyVerbTests
{
    private const string EveryRole = "intake,scoring,delivery,web,jobs", NobodyScores = "intake,delivery,web,jobs";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_study_says_where_it_is_while_it_arrives_in_the_queue_and_while_its_delivery_fails()
    {
        using var folder = new TemporaryFolder();
        (string Key, string Value)[] settings =
        [
            ("Site:TimeZone", "Europe/Berlin"), ("Intake:IdleTime", "00:00:01"), ("Destinations:0:Name", "pacs"), ("Destinations:0:Host", "127.0.0.1"),
            ("Destinations:0:Port", $"{Loopback.FreePort()}"), ("Destinations:0:CalledAe", "PACS"), ("Destinations:0:Demonstration", "true"),
        ];
        var files = PhantomDicom.Write(Phantom.Draw(MainJob.Small(seed: 501, MainJob.Medium)), folder.At("study"));
        var study = files.StudyInstanceUid;
        string accession;
        await using (var product = await Product.StartAsync(NobodyScores, folder.Path, settings))
        {
            accession = await WhileItArrivesAsync(product, study, [.. files.Files]);
            await product.StudyAsync(study, now => Waits(now).StartsWith("It waits to be scored", StringComparison.Ordinal));
            var queued = (await product.TypeAsync("study", study)).Expect().Output;
            queued.ShouldContain("Waits for: It waits to be scored, but no scoring process is running.");
            queued.ShouldContain("ETA: unknown, because no scoring process is running");
            Line(queued, "Closed").ShouldMatch(@"64 images, association released, nothing for \d+\.\d s[.;]"); // and how its caller paused, where it did
            (await product.TypeAsync("doctor", "--within", "60")).Expect(exitCode: 1).Output.ShouldContain("No process works on scoring.");
        }

        await using (var product = await Product.StartAsync(EveryRole, folder.Path, settings))
        {
            await product.StudyAsync(study, now => Waits(now).StartsWith("Waits for destination pacs", StringComparison.Ordinal));
            var failing = JsonNode.Parse((await product.TypeAsync("study", accession, "--json")).Expect().Output)!["studies"]!.AsArray().ShouldHaveSingleItem()!;
            // Whoever asks in the very moment of an attempt is told of that.
            Waits(failing).ShouldMatch(@"^Waits for destination pacs, (next attempt at \d\d:\d\d:\d\d \+0[12]:00|the next attempt is due) after \d+ attempts?: .*ConnectionRefused|^SR for pacs is being sent by ");
            ((string)failing["state"]!).ShouldBe("positive");
            var attended = failing["attention"]!.AsArray()[0]!;
            ((int)attended["attention"]!["slices"]!).ShouldBe(64);
            (await product.TypeAsync("study", study)).Expect().Output.ReplaceLineEndings(" ")
                .ShouldMatch($@"{attended["label"]}: Model attention, not a location: slice {attended["attention"]!["slice"]} of 64 \(z = -?\d+ mm\), image\s+{attended["attention"]!["sopUid"]}");
            failing["hops"]!.AsArray().Select(hop => (string)hop!["step"]!).ShouldContain("Decided");
            var document = failing["documents"]!.AsArray().ShouldHaveSingleItem()!;
            ((string)document["state"]!).ShouldBe("due");
            ((string)document["because"]!).ShouldContain("ConnectionRefused");
            ((string)failing["now"]!).ShouldMatch(@"\+0[12]:00$");

            var faults = (await product.TypeAsync("doctor", "--within", "60")).Expect(exitCode: 1).Output;
            faults.ShouldContain("The product listens on 127.0.0.1:" + product.DicomPort.ToString(CultureInfo.InvariantCulture));
            faults.ShouldContain("The product listens on " + product.Pages.Authority);
            faults.ShouldMatch(@"fault\s+destination pacs");
            FaultLine().Count(faults).ShouldBe(1, faults);
        }

        (await WhenItIsStoppedAsync(folder, settings)).ShouldContain("does not run: triage run starts it.");
    }

    [Fact]
    public async Task A_study_that_is_done_says_so_and_one_that_is_not_here_says_who_was_refused()
    {
        using var folder = new TemporaryFolder();
        await using var product = await Product.StartAsync(folder.Path, ("Intake:Callers:0:AeTitle", "CT1"));
        var refused = await Should.ThrowAsync<DicomNetworkException>(() => DicomAssociation.RequestAsync(
            new AssociationRequest { Host = "127.0.0.1", Port = product.DicomPort, CalledAe = "TRIAGE", CallingAe = "CT9" }, Stop));
        refused.Fault.ShouldBe(NetworkFault.Rejected);
        var study = await product.PushPhantomAsync(MainJob.Small(seed: 502));

        var followed = (await product.TypeAsync("study", await AccessionAsync(product, study), "--follow")).Expect().Output;
        followed.ShouldContain("Waits for: Nothing: done.");
        followed.ShouldContain("Delivered");

        var absent = (await product.TypeAsync("study", "1.2.3")).Expect(exitCode: 1).Output;
        absent.ShouldContain("No image of a study with the UID or accession number 1.2.3 has been received here.");
        absent.ShouldContain("Refused: CT9 from 127.0.0.1, asking for TRIAGE, 1 times until ");
        (await product.TypeAsync("doctor", "--within", "60")).Expect().Output.ShouldContain("0 faults");
    }

    // The verb of a product that is stopped starts nothing.
    private static async Task<string> WhenItIsStoppedAsync(TemporaryFolder folder, (string Key, string Value)[] settings) => (await ExternalTool.RunAsync("dotnet",
        [TriageProgram.Path, "study", "1.2.3"], new Dictionary<string, string>(TriageProgram.Environment)
        {
            ["TRIAGE__Database__Embedded__Data"] = folder.At("postgres"), ["TRIAGE__Database__Embedded__Reachable"] = folder.At("reachable"), ["TRIAGE__Site__TimeZone"] = settings[0].Value,
        })).Expect(exitCode: 2).Output;

    private static async Task<string> WhileItArrivesAsync(Product product, string study, string[] files)
    {
        await using var association = await DicomAssociation.RequestAsync(new AssociationRequest
        {
            Host = "127.0.0.1", Port = product.DicomPort, CalledAe = "TRIAGE", CallingAe = "CT1", Contexts = AssociationRequest.ForFiles(files),
        }, Stop);
        foreach (var file in files[..10]) (await association.StoreAsync(file, Stop)).IsSuccess.ShouldBeTrue();
        var accession = await AccessionAsync(product, study);
        var arriving = (await product.TypeAsync("study", accession)).Expect().Output;
        arriving.ShouldContain($"Study {study}");
        arriving.ShouldMatch(@"Waits for: Waiting for CT1 to go quiet: [^:]+ of 1\.0 s, one association open\.");
        Line(arriving, "Association").ShouldMatch(@"\+0[12]:00\s+Association\s+opened by CT1 \(127\.0\.0\.1");
        foreach (var file in files[10..]) (await association.StoreAsync(file, Stop)).IsSuccess.ShouldBeTrue();
        await association.ReleaseAsync(Stop);
        return accession;
    }

    private static async Task<string> AccessionAsync(Product product, string study) => (string)(await product.StudyAsync(study, _ => true))["entry"]!["accession"]!;

    private static string Waits(JsonNode study) => (string)study["waitsFor"]!["sentence"]!;

    private static string Line(string output, string step) => output.Split('\n').First(line => Regex.IsMatch(line, $@"\s{step}\s"));

    [GeneratedRegex(@"^\s*fault\s", RegexOptions.Multiline)]
    private static partial Regex FaultLine();
}
