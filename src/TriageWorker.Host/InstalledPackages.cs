using System.CommandLine;
using TriageWorker.Models.Packages;

namespace TriageWorker.Host;

/// <summary>The model packages in a folder: each a folder of its own with a <c>manifest.json</c>.</summary>
public static class InstalledPackages
{
    /// <summary>Their folders by name; none when there is no such folder.</summary>
    public static IReadOnlyList<DirectoryInfo> In(DirectoryInfo folder) => folder.Exists
        ? [.. folder.GetDirectories().Where(IsPackage).OrderBy(each => each.Name, StringComparer.Ordinal)]
        : [];

    /// <exception cref="UserFault">There is none.</exception>
    public static IReadOnlyList<DirectoryInfo> AllIn(DirectoryInfo folder) => In(folder) is { Count: > 0 } packages
        ? packages
        : throw new UserFault($"No model package in {folder.FullName}: a package is a folder with a manifest.json.");

    /// <summary>Each of them, or what is wrong with it.</summary>
    /// <exception cref="UserFault">There is none.</exception>
    public static IEnumerable<(DirectoryInfo Folder, ModelPackage? Package, string? Fault)> Read(DirectoryInfo folder) => AllIn(folder).Select(TryLoad);

    /// <summary>What a verb takes: a package's folder, or the name of one among the installed.</summary>
    public static Argument<string> Argument() => new("PACKAGE") { Description = "A package's folder, or its name among those in --folder." };

    /// <exception cref="UserFault">There is none of that name, or it has faults.</exception>
    public static ModelPackage Load(string named, DirectoryInfo folder)
    {
        DirectoryInfo[] candidates = [new(named), new(Path.Combine(folder.FullName, named))];
        if (candidates.FirstOrDefault(IsPackage) is not { } found)
            throw new UserFault($"{named} is no model package: neither {candidates[0].FullName} nor {candidates[1].FullName} holds a manifest.json. Here are: {string.Join(", ", In(folder).Select(each => each.Name))}.");
        try
        {
            return ModelPackage.Load(found.FullName);
        }
        catch (ModelPackageException fault)
        {
            throw new UserFault(fault.Message, fault);
        }
    }

    private static (DirectoryInfo Folder, ModelPackage? Package, string? Fault) TryLoad(DirectoryInfo each)
    {
        try
        {
            return (each, ModelPackage.Load(each.FullName), null);
        }
        catch (ModelPackageException fault)
        {
            return (each, null, fault.Message);
        }
    }

    // What is being made has its manifest before it has passed its test.
    private static bool IsPackage(DirectoryInfo folder) => !PackageDraft.IsDraft(folder.FullName) && File.Exists(Path.Combine(folder.FullName, "manifest.json"));
}
