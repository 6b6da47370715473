using System.Text.RegularExpressions;
using TriageWorker.Phantoms;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.EndToEnd;

/// <summary><c>triage demo</c> as somebody tries it: a process on the product's defaults, with a folder of their own files.</summary>
public sealed partial class DemoTests
{
    [Fact]
    public async Task The_demonstration_says_what_became_of_every_study_and_leaves_nothing_running()
    {
        using var folder = new TemporaryFolder();
        var own = Directory.CreateDirectory(folder.At("own")).FullName;
        PhantomDicom.Write(Phantom.Draw(MainJob.Small(seed: 501, kind: PhantomKind.MagneticResonance)), folder.At("own", "mr"));
        PhantomDicom.Write(Phantom.Draw(MainJob.Small(seed: 502)), folder.At("own", "ct"));
        await File.WriteAllTextAsync(folder.At("own", "notes.txt"), "What the technologist wrote.");
        var temporary = Directory.CreateDirectory(folder.At("tmp")).FullName;

        var demo = (await ExternalTool.RunAsync("dotnet", [TriageProgram.Path, "demo", "--once", "--study", own, "--data", folder.At("data")],
            new Dictionary<string, string>(TriageProgram.Environment) { ["HOME"] = folder.Path, ["TMPDIR"] = temporary })).Expect();

        var rows = Rows(demo.Output);
        rows.Count.ShouldBe(5, demo.Output);
        rows["phantom, normal"].State.ShouldBe("negative");
        rows["phantom with ascites, pleural-effusion"].ShouldSatisfyAllConditions(row => row.State.ShouldBe("positive"), row => row.Findings.ShouldContain("(MEDIUM)"));
        rows["phantom with free-air"].ShouldSatisfyAllConditions(row => row.State.ShouldBe("positive"), row => row.Findings.ShouldContain("Free air (HIGH)"));
        var (mr, ct) = rows["own (1 of 2)"].State == "not analysed" ? (rows["own (1 of 2)"], rows["own (2 of 2)"]) : (rows["own (2 of 2)"], rows["own (1 of 2)"]);
        mr.ShouldSatisfyAllConditions(row => row.State.ShouldBe("not analysed"), row => row.Because.ShouldContain("MR", Case.Sensitive));
        ct.State.ShouldBe("negative");
        demo.Output.ShouldContain("1 files were not stored; notes.txt:");

        demo.Output.ShouldMatch(@"(?m)^Worklist: http://localhost:\d+/$");
        demo.Output.ShouldContain(Sentences.UseLimitation, Case.Sensitive);
        demo.Output.ShouldContain(Sentences.Demonstration, Case.Sensitive);
        var database = WhereTheDatabaseIs(folder.At("data", "postgres"));
        Directory.EnumerateFiles(database, "PG_VERSION", SearchOption.AllDirectories).ShouldNotBeEmpty();
        Directory.EnumerateFiles(database, "postmaster.pid", SearchOption.AllDirectories).ShouldBeEmpty("the database still runs");
        if (database != folder.At("data", "postgres")) Directory.Delete(database, recursive: true);
        Directory.EnumerateDirectories(temporary, "triage-demo-*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_no_decoder_is_installed_a_compressed_study_says_what_to_install_and_the_others_are_scored()
    {
        using var folder = new TemporaryFolder();
        foreach (var (n, file) in PhantomDicom.Write(Phantom.Draw(MainJob.Small(seed: 503)), folder.At("plain")).Files.Index())
            (await ExternalTool.RunAsync("dcmcjpls", file, Path.Combine(Directory.CreateDirectory(folder.At("own")).FullName, $"{n}.dcm"))).Expect();
        var nothing = Directory.CreateDirectory(folder.At("nothing")).FullName;

        var demo = (await ExternalTool.RunAsync("dotnet", [TriageProgram.Path, "demo", "--once", "--study", folder.At("own"), "--data", folder.At("data")],
            new Dictionary<string, string>(TriageProgram.Environment) { ["HOME"] = folder.Path, ["TRIAGE_GDCM"] = nothing })).Expect();

        var rows = Rows(demo.Output);
        rows["own"].State.ShouldBe("not analysed");
        rows["own"].Because.ShouldContain("the pixels are JPEG-LS compressed and the decoder is not installed (", Case.Sensitive);
        rows["own"].Because.ShouldContain("is not there; install libgdcm-cil", Case.Sensitive);
        rows["phantom with free-air"].State.ShouldBe("positive");
        var database = WhereTheDatabaseIs(folder.At("data", "postgres"));
        if (database != folder.At("data", "postgres")) Directory.Delete(database, recursive: true);

        (await ExternalTool.RunAsync("dotnet", [TriageProgram.Path, "doctor", "--within", "5"], new Dictionary<string, string>(TriageProgram.Environment) { ["HOME"] = folder.Path, ["TRIAGE_GDCM"] = nothing }))
            .Output.ShouldContain("There is no decoder of compressed images: ");
    }

    /// <summary>Elsewhere, when whoever runs the database for root cannot reach this checkout.</summary>
    private static string WhereTheDatabaseIs(string asked) =>
        File.Exists(Path.Combine(asked, "LIVES-ELSEWHERE")) ? File.ReadAllText(Path.Combine(asked, "LIVES-ELSEWHERE")).Trim() : asked;

    /// <summary>The lines of the printed table by the study's title; what is too long for its column goes on in lines without a number of images.</summary>
    private static Dictionary<string, (string State, string Findings, string Because)> Rows(string output)
    {
        var rows = new List<string[]>();
        foreach (var cells in output.Split('\n').Where(line => Line().IsMatch(line)).Select(line => line.Split('│', StringSplitOptions.TrimEntries)[1..]))
        {
            if (cells[1].Length > 0) rows.Add(cells);
            else rows[^1] = [.. rows[^1].Zip(cells, (begun, more) => $"{begun} {more}".Trim())];
        }

        return rows.Where(cells => cells[0] != "study").ToDictionary(cells => cells[0], cells => (cells[2], cells[3], cells[4]));
    }

    [GeneratedRegex("^│( [^│]+│| +│){6}")]
    private static partial Regex Line();
}
