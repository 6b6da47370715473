using System.Text.Json;
using TriageWorker.Models.Packages;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Verbs;

/// <summary>How a site looks at a package, and tries it without a PACS.</summary>
public sealed class ModelsVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_package_is_shown_verified_and_measured_and_one_with_another_byte_is_refused()
    {
        var package = TinyPackage.Write(_folder.At("packages", "tiny"), threshold: 0);

        TinyPackage.Write(_folder.At("packages", "merlin.draft-0123"), threshold: 0);
        var listed = Flat((await TriageProgram.RunAsync("models", "list", "--folder", _folder.At("packages"))).Expect().Output);
        listed.ShouldContain("tiny 1.0.0");
        listed.ShouldContain("merlin.draft-0123 is no package yet: it is being made, or was left by an import that was killed.");
        Flat((await TriageProgram.RunAsync("models", "verify", "--folder", _folder.At("packages"))).Expect().Output).ShouldNotContain("draft");
        var shown = Flat((await TriageProgram.RunAsync("models", "show", "tiny", "--folder", _folder.At("packages"))).Expect().Output);
        shown.ShouldContain("Mean density (tiny 1.0.0), a demonstration");
        shown.ShouldContain("CT of the trunk, at least 40 mm of it in slices of at most 10 mm, of a patient of 18 years or more");
        shown.ShouldContain("licence Apache-2.0");
        shown.ShouldContain("DENSE dense volume (99TRIAGE DENSE)");
        Flat((await TriageProgram.RunAsync("models", "verify", package, "--provider", "Cpu")).Expect().Output).ShouldContain("✓ tiny 1.0.0: every file has its digest; on Cpu it says what it must.");
        var speed = JsonDocument.Parse((await TriageProgram.RunAsync("models", "bench", package, "--runs", "2", "--threads", "1", "--json")).Expect().Output).RootElement;
        (speed.GetProperty("seconds").GetArrayLength(), speed.GetProperty("threads").GetInt32()).ShouldBe((2, 1));

        await File.AppendAllTextAsync(Path.Combine(package, "bank.npy"), "x", TestContext.Current.CancellationToken);
        var broken = await TriageProgram.RunAsync("models", "verify", "--folder", _folder.At("packages"));
        broken.ExitCode.ShouldBe(1);
        Flat(broken.Output).ShouldContain("bank.npy has SHA-256");
    }

    [Fact]
    public async Task A_folder_of_images_and_the_tensor_that_is_made_of_it_say_the_same_and_a_wrong_input_is_refused_in_a_sentence()
    {
        var package = TinyPackage.Write(_folder.At("tiny"), threshold: 0);
        (await TriageProgram.RunAsync("phantom", "--out", _folder.At("images"), "--slices", "60", "--matrix", "64", "--seed", "5")).Expect();

        var run = JsonDocument.Parse((await TriageProgram.RunAsync("models", "run", package, _folder.At("images"), "--json")).Expect().Output).RootElement;
        run.GetProperty("findings")[0].GetProperty("key").GetString().ShouldBe("DENSE");
        run.GetProperty("series").GetString().ShouldNotBeNullOrEmpty();
        run.GetProperty("useLimitation").GetString().ShouldNotBeNullOrEmpty();
        Flat((await TriageProgram.RunAsync("models", "run", package, _folder.At("images"))).Expect().Output).ShouldContain("dense volume");

        await File.WriteAllBytesAsync(_folder.At("air.npy"), Npy("(1, 1, 32, 32, 24)", new float[32 * 32 * 24]), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_folder.At("flat.npy"), Npy("(32, 32)", new float[32 * 32]), TestContext.Current.CancellationToken);
        // The mean of nothing is 0: the vector is (-0.3, 1), and its cosine with (1, 0) less that with (-1, 0) is -0.6 over its length.
        JsonDocument.Parse((await TriageProgram.RunAsync("models", "run", package, _folder.At("air.npy"), "--json")).Expect().Output).RootElement
            .GetProperty("findings")[0].GetProperty("score").GetDouble().ShouldBe(-0.6 / Math.Sqrt(1.09), 1e-6);
        (await RefusedAsync(package, _folder.At("flat.npy"))).ShouldContain("flat.npy is [32, 32], and tiny reads [1, 1, 32, 32, 24], axes RAS.");
        (await RefusedAsync(package, _folder.At("nowhere"))).ShouldContain("is neither a folder of DICOM files nor a .npy file.");
        (await RefusedAsync(_folder.At("nowhere"), _folder.At("images"))).ShouldContain("is no model package");
    }

    [Fact]
    public async Task A_policy_is_shown_beside_what_its_package_is_scored_with_and_ends_with_1_when_a_threshold_is_held_back()
    {
        var package = TinyPackage.Write(_folder.At("tiny"), threshold: null);
        var digest = FindingDigest.All(ModelPackage.Load(package))["DENSE"];
        Flat((await TriageProgram.RunAsync("models", "show", package)).Expect().Output).ShouldContain($"\"approvedFor\": \"{digest}\"");

        (await PolicyAsync(package, TinyPackage.Policy("tiny", 0.5, digest))).ShouldBe((0, $"DENSE HIGH 0.5 {digest} {digest} used"));
        (await PolicyAsync(package, TinyPackage.Policy("tiny", 0.5))).ShouldBe((0, $"DENSE HIGH 0.5 not said {digest} used, and nothing would notice if the scores became others"));
        (await PolicyAsync(package, TinyPackage.Policy("tiny", 0.5, "0123456789abcdef"))).ShouldBe((1, $"DENSE HIGH 0.5 0123456789abcdef {digest} HELD BACK: approved for other sentences, weights or input"));
        (await PolicyAsync(package, TinyPackage.Policy("tiny", 0.5).Replace("DENSE", "DENS", StringComparison.Ordinal))).ShouldBe((1, "DENS HIGH 0.5 not said not scored the package has no such finding: no scoring process starts with this policy"));
        (await PolicyAsync(package, TinyPackage.Policy("merlin", 0.5))).Said.ShouldContain("is a policy for package merlin, not tiny.");
        (await PolicyAsync(package, TinyPackage.Policy("tiny", 0.5, "DENSE"))).Said.ShouldContain("findings[0].approvedFor must be the 16 characters 0-9 and a-f that triage models show prints for DENSE.");
    }

    private async Task<(int ExitCode, string Said)> PolicyAsync(string package, string policy)
    {
        await File.WriteAllTextAsync(_folder.At("policy.json"), policy, TestContext.Current.CancellationToken);
        var result = await TriageProgram.RunAsync("models", "show", package, "--policy", _folder.At("policy.json"));
        var row = result.Output.Split('\n').FirstOrDefault(line => line.TrimStart().StartsWith("DENS", StringComparison.Ordinal)) ?? result.Output;
        return (result.ExitCode, Flat(row));
    }

    private static async Task<string> RefusedAsync(string package, string input)
    {
        var refused = await TriageProgram.RunAsync("models", "run", package, input);
        refused.ExitCode.ShouldBe(2);
        refused.Output.ShouldNotContain("   at ");
        return Flat(refused.Output);
    }

    // Lines are broken where the terminal ends.
    private static string Flat(string said) => string.Join(' ', said.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static byte[] Npy(string shape, float[] values)
    {
        var header = System.Text.Encoding.ASCII.GetBytes($"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header, .. System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan())];
    }
}
