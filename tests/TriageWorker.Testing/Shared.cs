namespace TriageWorker.Testing;

/// <summary>
/// The folder of real CT series and reference values that lies beside the repository and never in it. It is found from
/// the environment variable <c>TRIAGE_SHARED</c>, or as <c>shared/</c> beside an ancestor of the test binary.
/// </summary>
/// <example><c>Assert.SkipUnless(Shared.IsPresent, Shared.Reason);</c></example>
public static class Shared
{
    private const string Variable = "TRIAGE_SHARED", Marker = "data/ct";
    private static readonly string? Found = Find();

    public static bool IsPresent => Found is not null;

    public static string Reason =>
        "The shared test data is not here: set TRIAGE_SHARED to the folder that holds data/ct, or put it as shared/ beside the checkout.";

    /// <summary>The folder itself.</summary>
    /// <exception cref="InvalidOperationException">It is not here; ask <see cref="IsPresent"/> first.</exception>
    public static string Root => Found ?? throw new InvalidOperationException(Reason);

    /// <summary>A path inside the folder: <c>Shared.At("data", "ct", "lidc0314_upper_abdomen")</c>.</summary>
    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } told) return Holds(told) ? Path.GetFullPath(told) : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared");
            if (Holds(candidate)) return candidate;
        }
        return null;
    }

    private static bool Holds(string folder) => Directory.Exists(Path.Combine(folder, Marker));
}
