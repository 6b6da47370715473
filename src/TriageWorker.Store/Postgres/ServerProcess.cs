using System.Globalization;

namespace TriageWorker.Store;

/// <summary>What <c>postmaster.pid</c> says of a running server: its process, and the port it listens on.</summary>
internal sealed record PostmasterFile(int Pid, int Port)
{
    private const int PortLine = 3; // lines: pid, data folder, start time, port, socket folder, address, shared memory, status

    public static string In(string data) => Path.Combine(data, "postmaster.pid");

    /// <summary>Null when there is none, or it is not (yet) whole.</summary>
    public static PostmasterFile? Read(string data)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(In(data));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        if (lines.Length == 0 || !int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)) return null;
        var port = lines.Length > PortLine && int.TryParse(lines[PortLine], NumberStyles.None, CultureInfo.InvariantCulture, out var told) ? told : 0;
        return new PostmasterFile(pid, port);
    }
}

/// <summary>Looks at processes through /proc: a number alone proves nothing, since numbers are used again.</summary>
internal static class ServerProcess
{
    /// <summary>True when that process is a server that works in this data folder, and has not ended.</summary>
    public static bool Serves(int pid, string data)
    {
        try
        {
            var folder = new FileInfo($"/proc/{pid}/cwd").LinkTarget;
            return folder == data && !IsZombie(pid);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // ended while we looked, or somebody else's
        }
    }

    /// <summary>Any process of a server in this data folder, children of a killed one included.</summary>
    public static bool AnyServes(string data) =>
        Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Any(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Serves(pid, data));

    public static bool IsAlive(int pid)
    {
        try
        {
            return !IsZombie(pid);
        }
        catch (IOException)
        {
            return false;
        }
    }

    // /proc/PID/stat: "12 (name) S …"; the name may hold anything, so the state is what follows its last bracket.
    private static bool IsZombie(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var state = stat.LastIndexOf(')') + 2;
        return state >= stat.Length || stat[state] is 'Z' or 'X';
    }
}
