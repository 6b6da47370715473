using System.Security.Cryptography;
using System.Text;

namespace TriageWorker.Store;

/// <summary>
/// Where the embedded server lives: its data, log, password, and the lock that one host holds. A host without rights to
/// lend (a checkout below root's own home, run by root) gets both data and binaries in a reachable place instead.
/// </summary>
internal sealed class ServerFolder : IDisposable
{
    /// <summary>A file beside where the data would be; it says where the data is.</summary>
    public const string ElsewhereName = "LIVES-ELSEWHERE";

    private readonly FileStream _lock;

    private ServerFolder(string root, PostgresBinaries binaries, FileStream held)
    {
        Root = root;
        Binaries = binaries;
        _lock = held;
    }

    public string Root { get; }

    public PostgresBinaries Binaries { get; }

    public string Data => Path.Combine(Root, "data");

    public string Log => Path.Combine(Root, "server.log");

    public string PasswordFile => Path.Combine(Root, "password");

    /// <exception cref="EmbeddedPostgresException">Another host uses the folder.</exception>
    public static async Task<ServerFolder> OpenAsync(EmbeddedPostgresOptions options, ServerUser user, IProgress<string>? progress, CancellationToken stop)
    {
        var binaries = PostgresBinaries.Find(options.Binaries);
        var root = Path.GetFullPath(options.Data);
        Directory.CreateDirectory(root);
        root = await RealPathAsync(root, stop);
        if (!await user.CanAsync("-x", root, stop) || !await user.CanAsync("-x", binaries.Server, stop))
        {
            var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root)))[..12];
            var reachable = Path.Combine(options.Reachable, name);
            progress?.Report($"{user.Name}, who runs the database, cannot reach {root} or {binaries.Folder}: it lives in {reachable}.");
            await File.WriteAllTextAsync(Path.Combine(root, ElsewhereName), reachable + "\n", stop);
            binaries = await CopyAsync(binaries, Path.Combine(reachable, "native"), stop);
            root = reachable;
            if (!await user.CanAsync("-x", binaries.Server, stop))
                throw new EmbeddedPostgresException($"{user.Name}, who runs the database, cannot reach {reachable} either: set Database:Embedded:Data and :Binaries to folders open to all.");
        }

        return new ServerFolder(root, binaries, Lock(root));
    }

    public async Task<string> PasswordAsync(CancellationToken stop)
    {
        if (File.Exists(PasswordFile)) return (await File.ReadAllTextAsync(PasswordFile, stop)).Trim();
        if (Directory.Exists(Data))
            throw new EmbeddedPostgresException($"{PasswordFile} is missing, so the database in {Data} cannot be opened: put the file back, or move {Data} away to begin anew.");
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        await WritePrivatelyAsync(PasswordFile, password, stop);
        return password;
    }

    /// <summary>Readable by its owner only from the moment it exists, and whole or not there.</summary>
    public static async Task WritePrivatelyAsync(string path, string text, CancellationToken stop)
    {
        var part = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite, Options = FileOptions.WriteThrough };
        await using (var file = new FileStream(part, options))
        {
            await file.WriteAsync(Encoding.ASCII.GetBytes(text), stop);
        }
        File.Move(part, path, overwrite: true);
    }

    public void Dispose() => _lock.Dispose();

    // FileShare.None is flock(2): it ends with the process, however the process ends.
    private static FileStream Lock(string root)
    {
        var path = Path.Combine(root, "host.lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new EmbeddedPostgresException($"Another triage process uses the database in {root} (it holds {path}): stop it, or give this one another Database:Embedded:Data.", error);
        }
    }

    private static async Task<PostgresBinaries> CopyAsync(PostgresBinaries binaries, string target, CancellationToken stop)
    {
        var copy = new PostgresBinaries(target);
        if (File.Exists(copy.Server)) return copy;
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var part = target + ".new";
        if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
        (await CommandLine.RunAsync(["cp", "-a", binaries.Folder, part], stop)).Require("copy the database's binaries");
        Directory.Move(part, target);
        return copy;
    }

    private static async Task<string> RealPathAsync(string path, CancellationToken stop)
    {
        var real = await CommandLine.RunAsync(["realpath", path], stop);
        real.Require($"resolve {path}");
        return real.Output.Trim();
    }
}
