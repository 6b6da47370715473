using System.Text.Json.Nodes;
using TriageWorker.Phantoms;
using TriageWorker.Testing;

namespace TriageWorker.EndToEnd;

/// <summary>Steps that the tests of the main job share.</summary>
internal static class MainJob
{
    /// <summary>Draws a small study and pushes it with DCMTK's sender.</summary>
    /// <returns>Its Study Instance UID.</returns>
    public static async Task<string> PushPhantomAsync(this Product product, PhantomSpec spec)
    {
        using var folder = new TemporaryFolder();
        var files = PhantomDicom.Write(Phantom.Draw(spec), folder.Path);
        await product.PushFolderAsync(folder.Path);
        return files.StudyInstanceUid;
    }

    /// <summary>A study that is quick to draw and to send; the model sees the same body as in a large one.</summary>
    public static PhantomSpec Small(int seed, PhantomFindings findings = PhantomFindings.None, PhantomKind kind = PhantomKind.Abdomen) =>
        new() { Seed = seed, Findings = findings, Kind = kind, Matrix = 192, Slices = 64 };

    /// <summary>Everything of medium urgency at once, so that a study is flagged whichever of them the model has in use.</summary>
    public const PhantomFindings Medium = PhantomFindings.Ascites | PhantomFindings.PleuralEffusion | PhantomFindings.Splenomegaly;

    public static string State(this JsonNode study) => (string)study["entry"]!["state"]!;

    public static string Because(this JsonNode study) => (string)study["entry"]!["because"]!;

    public static bool IsDecided(JsonNode study) => study.State() != "Waiting";

    /// <summary>Decided, and every document has left or is told why not.</summary>
    public static bool IsFinished(JsonNode study) => IsDecided(study) && study["deliveries"]!.AsArray() is { Count: > 0 } deliveries
        && deliveries.All(delivery => (string)delivery!["state"]! != "due");

    /// <summary>The study once all its documents have reached their destinations; if one has not, the test fails with the reason.</summary>
    public static async Task<JsonNode> DeliveredAsync(this Product product, string studyUid)
    {
        var study = await product.StudyAsync(studyUid, IsFinished);
        foreach (var delivery in study["deliveries"]!.AsArray())
            ((string)delivery!["state"]!).ShouldBe("delivered", $"{delivery["document"]} for {delivery["destination"]}: {delivery["because"]}");
        return study;
    }
}
