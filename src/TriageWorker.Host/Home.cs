namespace TriageWorker.Host;

/// <summary>
/// The folder the product runs from: the checkout, or wherever the packager put <c>migrations/</c> and <c>onnx/</c>.
/// The launcher names it in <c>TRIAGE_ROOT</c>; without it, it is the nearest folder above the executable that holds them.
/// </summary>
public static class Home
{
    private const string Variable = "TRIAGE_ROOT", Marker = "migrations";

    public static string Root { get; } = Find();

    /// <summary>The model packages that come with the product.</summary>
    public static string Models => Path.Combine(Root, "onnx");

    /// <summary>Database, spool and logs of the embedded default.</summary>
    public static string Data => Path.Combine(Root, "var");

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } told) return Path.GetFullPath(told);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, Marker))) return folder.FullName;
        return AppContext.BaseDirectory;
    }
}
