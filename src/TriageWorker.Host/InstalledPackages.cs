namespace TriageWorker.Host;

/// <summary>The model packages in a folder: each a folder of its own with a <c>manifest.json</c>.</summary>
public static class InstalledPackages
{
    /// <summary>Their folders by name; none when there is no such folder.</summary>
    public static IReadOnlyList<DirectoryInfo> In(DirectoryInfo folder) => folder.Exists
        ? [.. folder.GetDirectories().Where(each => File.Exists(Path.Combine(each.FullName, "manifest.json"))).OrderBy(each => each.Name, StringComparer.Ordinal)]
        : [];
}
