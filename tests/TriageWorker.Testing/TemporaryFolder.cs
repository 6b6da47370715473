namespace TriageWorker.Testing;

/// <summary>A folder of one test's own, gone with it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private const UnixFileMode OpenToAll = (UnixFileMode)0b111_101_101; // rwxr-xr-x

    /// <summary>Where tests run as root, embedded PostgreSQL runs as somebody else, who has to reach its files.</summary>
    public TemporaryFolder() => File.SetUnixFileMode(Path, OpenToAll);

    public string Path { get; } = Directory.CreateTempSubdirectory("triage-test-").FullName;

    public string At(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
