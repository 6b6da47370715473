namespace TriageWorker.Testing;

/// <summary>The product's executable as it lies beside the tests, on this checkout's model packages.</summary>
public static class TriageProgram
{
    /// <summary>What <c>dotnet</c> is to be started with.</summary>
    public static string Path => System.IO.Path.Combine(AppContext.BaseDirectory, "triage.dll");

    public static Dictionary<string, string> Environment => new() { ["TRIAGE_ROOT"] = Repository.Root };

    /// <summary>Runs one verb to its end, as somebody types it.</summary>
    public static Task<ToolResult> RunAsync(params string[] arguments) => ExternalTool.RunAsync("dotnet", [Path, .. arguments], Environment);
}
