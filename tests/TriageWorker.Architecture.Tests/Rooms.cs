namespace TriageWorker.Architecture.Tests;

/// <summary>The rooms of the house and what each may reference. A new arrow is drawn here first, and answered for.</summary>
public static class Rooms
{
    public static readonly IReadOnlyDictionary<string, string[]> MayReference = new Dictionary<string, string[]>
    {
        ["Dicom"] = [],
        ["Hl7"] = [],
        ["OnnxRuntime"] = [],
        ["Triage"] = [],
        ["DicomWeb"] = ["Dicom"],
        ["Imaging"] = ["Dicom"],
        ["Codecs"] = ["Imaging"],
        ["Phantoms"] = ["Dicom"],
        ["Models"] = ["Imaging", "OnnxRuntime"],
        ["Store"] = ["Triage", "Dicom"],
        ["Bus"] = ["Store"],
        ["Intake"] = ["Bus", "Dicom", "DicomWeb", "Hl7"],
        ["Scoring"] = ["Bus", "Models", "Imaging", "DicomWeb"],
        ["Delivery"] = ["Bus", "DicomWeb", "Hl7", "Imaging"],
        ["Jobs"] = ["Bus", "DicomWeb", "Phantoms"],
        ["Web"] = ["Bus", "DicomWeb", "Imaging"],
        ["Host"] = [.. AllButHost],
    };

    private static string[] AllButHost =>
    [
        "Bus", "Codecs", "Delivery", "Dicom", "DicomWeb", "Hl7", "Imaging", "Intake", "Jobs", "Models", "OnnxRuntime", "Phantoms",
        "Scoring", "Store", "Triage", "Web",
    ];

    /// <summary>Roles run in separate processes in production: what one asks of another is a row or a message.</summary>
    public static readonly IReadOnlyList<string> Roles = ["Intake", "Scoring", "Delivery", "Jobs", "Web"];

    /// <summary>The room's sources, without build output.</summary>
    public static IEnumerable<string> SourcesOf(string room) => Sources(Checkout.At("src", $"TriageWorker.{room}"));

    public static IEnumerable<string> Sources(string folder) => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));
}
