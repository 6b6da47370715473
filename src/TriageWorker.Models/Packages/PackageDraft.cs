namespace TriageWorker.Models.Packages;

/// <summary>
/// A package while it is made: a folder beside the one that it is to be, which has its name only once it is whole. Disposed without having been named, it is
/// removed; a process that is killed leaves it, and <see cref="In"/> finds it.
/// </summary>
public sealed class PackageDraft : IDisposable
{
    private const string Mark = ".draft-";
    private readonly string _target;

    /// <param name="folder">Where the package is to be; nothing may be there.</param>
    /// <exception cref="IOException">The folder is there, or none can be made beside it.</exception>
    public PackageDraft(string folder)
    {
        _target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Path.Exists(_target)) throw new IOException($"{_target} is there already; give another folder, or move it away.");
        Folder = Directory.CreateDirectory($"{_target}{Mark}{Guid.NewGuid():n}").FullName;
    }

    public string Folder { get; }

    public static bool IsDraft(string folder) => Path.GetFileName(folder).Contains(Mark, StringComparison.Ordinal);

    /// <summary>Drafts in a folder: of what is being made now, or left by what was killed.</summary>
    public static IEnumerable<string> In(string folder) => Directory.EnumerateDirectories(folder, $"*{Mark}*").Order(StringComparer.Ordinal);

    /// <summary>Gives it its name, and loads it from there.</summary>
    /// <exception cref="IOException">Another took the name meanwhile.</exception>
    public ModelPackage Finish()
    {
        Directory.Move(Folder, _target);
        return ModelPackage.Load(_target);
    }

    public void Dispose()
    {
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }
}
