using System.Text.Json.Nodes;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Packages;

/// <summary>A copy of the shipped package that a test may damage.</summary>
public sealed class PackageCopy : IDisposable
{
    public PackageCopy()
    {
        foreach (var file in new DirectoryInfo(Shipped).GetFiles()) file.CopyTo(Path.Combine(Folder, file.Name));
    }

    public static string Shipped => Path.Combine(Repository.Root, "onnx", "phantom");

    public string Folder { get; } = Directory.CreateTempSubdirectory("package-").FullName;

    public string PathOf(string file) => Path.Combine(Folder, file);

    public PackageCopy Edit(Action<JsonObject> edit)
    {
        var manifest = JsonNode.Parse(File.ReadAllText(PathOf("manifest.json")))!.AsObject();
        edit(manifest);
        File.WriteAllText(PathOf("manifest.json"), manifest.ToJsonString());
        return this;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
