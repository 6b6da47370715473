using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace TriageWorker.Testing;

/// <summary>
/// A whole model package with one finding, DENSE: the unit vector of (mean − 0.3, 1) against (1, 0) and (−1, 0). Its score grows with how
/// much of the tensor is dense, so a test foretells it; what it flags is the policy's word.
/// </summary>
public static class TinyPackage
{
    private const int X = 32, Y = 32, Z = 24;

    /// <param name="threshold">Of the approved policy; null approves nothing.</param>
    /// <param name="id">Also the policy's package.</param>
    /// <param name="latency">How long each score takes at least, the processor being left alone meanwhile.</param>
    /// <param name="coverageMm">How much of the trunk a series must show.</param>
    /// <param name="deferredRisks">Two risks, R5_A and R5_B, from a graph of their own that runs after the urgent work.</param>
    /// <returns>The folder.</returns>
    public static string Write(
        string folder, double? threshold, bool demonstration = true, string version = "1.0.0", string id = "tiny", TimeSpan latency = default,
        string title = "Mean density", double coverageMm = 40, bool deferredRisks = false)
    {
        Directory.CreateDirectory(folder);
        var graph = Put(folder, "tiny.onnx", TinyGraph.MeanAgainst(0.3f, X, Y, Z));
        var bank = Put(folder, "bank.npy", Npy([1, 0, -1, 0], 2, 2));
        // The mean of the made-up input is no concern of these tests, so the outputs may lie anywhere near.
        var golden = Put(folder, "golden.json", Encoding.UTF8.GetBytes($$"""
            { "seed": 1, "tolerance": { "Cpu": 2 }, "outputs": { "contrastive": [0, 1], "embedding": [0]{{(deferredRisks ? """, "risks": [0, 1]""" : "")}} } }
            """));
        var manifest = new JsonObject
        {
            ["schema"] = 1,
            ["id"] = id,
            ["version"] = version,
            ["title"] = title,
            ["family"] = "mean",
            ["demonstration"] = demonstration,
            ["licence"] = new JsonObject { ["spdx"] = "Apache-2.0" },
            ["intendedUse"] = new JsonObject { ["statement"] = "Tests.", ["modality"] = "CT", ["bodyPart"] = "trunk", ["minimumCoverageMm"] = coverageMm, ["minimumAgeYears"] = 18 },
            ["input"] = new JsonObject
            {
                ["axes"] = "RAS",
                ["layout"] = "NCXYZ",
                ["spacingMm"] = new JsonArray(12, 12, 16),
                ["size"] = new JsonArray(X, Y, Z),
                ["hounsfield"] = new JsonArray(-1000, 1000),
            },
            ["graphs"] = new JsonArray(new JsonObject
            {
                ["file"] = "tiny.onnx",
                ["sha256"] = graph,
                ["input"] = "x",
                ["outputs"] = new JsonArray(Output("contrastive", "Contrastive"), Output("embedding", "Embedding")),
            }),
            ["findings"] = new JsonObject
            {
                ["rule"] = "mean-cosine-difference",
                ["bank"] = "bank.npy",
                ["sha256"] = bank,
                ["labels"] = new JsonArray(new JsonObject
                {
                    ["key"] = "DENSE",
                    ["label"] = "dense volume",
                    ["code"] = new JsonObject { ["value"] = "DENSE", ["scheme"] = "99TRIAGE", ["meaning"] = "Dense volume" },
                    ["positive"] = new JsonObject { ["first"] = 0, ["count"] = 1 },
                    ["negative"] = new JsonObject { ["first"] = 1, ["count"] = 1 },
                }),
            },
            ["golden"] = new JsonObject { ["file"] = "golden.json", ["sha256"] = golden },
        };
        if (deferredRisks) AddDeferredRisks(folder, manifest);
        if (latency > TimeSpan.Zero) manifest["latencyMs"] = latency.TotalMilliseconds;
        Put(folder, "manifest.json", Encoding.UTF8.GetBytes(manifest.ToJsonString()));
        if (threshold is { } approved) Put(folder, "policy.json", Encoding.UTF8.GetBytes(Policy(id, approved)));
        return folder;
    }

    /// <param name="approvedFor">What the threshold was approved for; null does not say it.</param>
    public static string Policy(string package, double threshold, string? approvedFor = null) => string.Create(CultureInfo.InvariantCulture, $$"""
        { "schema": 1, "id": "test-policy", "version": "3", "package": "{{package}}",
          "findings": [ { "key": "DENSE", "level": "high", "threshold": {{threshold}}, "band": 0.01{{(approvedFor is null ? "" : $", \"approvedFor\": \"{approvedFor}\"")}} } ] }
        """);

    private static void AddDeferredRisks(string folder, JsonObject manifest)
    {
        manifest["graphs"]!.AsArray().Add(new JsonObject
        {
            ["file"] = "later.onnx",
            ["sha256"] = Put(folder, "later.onnx", TinyGraph.MeanAgainst(0.3f, X, Y, Z)),
            ["input"] = "x",
            ["deferred"] = true,
            ["outputs"] = new JsonArray(new JsonObject { ["name"] = "contrastive", ["kind"] = "Risks", ["activation"] = "Sigmoid" }),
        });
        manifest["risks"] = new JsonObject
        {
            ["labels"] = new JsonArray([.. ((string[])["R5_A", "R5_B"]).Select(key => (JsonNode)new JsonObject
            {
                ["key"] = key,
                ["label"] = $"Risk {key[^1]}",
                ["code"] = new JsonObject { ["value"] = key, ["scheme"] = "99TRIAGE", ["meaning"] = key },
            })]),
        };
    }

    private static JsonObject Output(string name, string kind) => new() { ["name"] = name, ["kind"] = kind };

    private static string Put(string folder, string name, byte[] content)
    {
        File.WriteAllBytes(Path.Combine(folder, name), content);
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    private static byte[] Npy(float[] values, int rows, int columns)
    {
        var header = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}"));
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header, .. MemoryMarshal.AsBytes(values.AsSpan())];
    }
}
