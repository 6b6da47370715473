namespace TriageWorker.Testing;

/// <summary>The checkout that the tests were built from; tests read project files, migrations and model packages there.</summary>
public static class Repository
{
    /// <summary>The folder that holds <c>TriageWorker.sln</c>.</summary>
    public static string Root { get; } = Find();

    /// <summary>A path inside the checkout: <c>Repository.At("onnx", "phantom")</c>.</summary>
    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "TriageWorker.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds TriageWorker.sln: run the tests from a checkout.");
    }
}
