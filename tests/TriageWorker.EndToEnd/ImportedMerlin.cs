using System.Text.Json;
using System.Text.Json.Nodes;

namespace TriageWorker.EndToEnd;

/// <summary>What tests that import a small checkpoint need beside it.</summary>
internal static class ImportedMerlin
{
    /// <summary>The special tokens, a letter for each byte as GPT-2 writes it, and one merge: whatever is written can be read.</summary>
    public static string Tokenizer(string folder)
    {
        Directory.CreateDirectory(folder);
        var vocabulary = new Dictionary<string, int> { ["<s>"] = 0, ["<pad>"] = 1, ["</s>"] = 2, ["<unk>"] = 3 };
        var moved = 0;
        for (var value = 0; value < 256; value++)
        {
            var isShown = value is >= 33 and <= 126 or >= 161 and <= 172 or >= 174;
            vocabulary[((char)(isShown ? value : 256 + moved++)).ToString()] = 4 + value;
        }

        vocabulary["in"] = 260;
        File.WriteAllText(Path.Combine(folder, "vocab.json"), JsonSerializer.Serialize(vocabulary));
        File.WriteAllText(Path.Combine(folder, "merges.txt"), "#version: 0.2\ni n\n");
        return folder;
    }

    /// <summary>A small phantom shows 114 mm of abdomen, and the published weights want 150; others show more, and a test may want still more.</summary>
    public static void WantCoverage(string package, int millimetres)
    {
        var path = Path.Combine(package, "manifest.json");
        var manifest = JsonNode.Parse(File.ReadAllText(path))!;
        manifest["intendedUse"]!["minimumCoverageMm"] = millimetres;
        File.WriteAllText(path, manifest.ToJsonString());
    }
}
