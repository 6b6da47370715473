using System.Globalization;

namespace TriageWorker.Testing;

/// <summary>Signals that .NET cannot send, by their names: TERM, STOP, CONT, QUIT, KILL.</summary>
public static class UnixSignal
{
    /// <returns>False when there is no such process any more.</returns>
    public static async Task<bool> SendAsync(string signal, params IEnumerable<int> processes)
    {
        string[] ids = [.. processes.Select(id => id.ToString(CultureInfo.InvariantCulture))];
        return ids.Length > 0 && (await ExternalTool.RunAsync("kill", [$"-{signal}", .. ids])).ExitCode == 0;
    }

    /// <summary>The processes whose working directory is this folder: a server and its children.</summary>
    public static IReadOnlyList<int> WorkingIn(string folder) =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _) && IsIn(name!, folder))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture))];

    private static bool IsIn(string process, string folder)
    {
        try
        {
            return new FileInfo($"/proc/{process}/cwd").LinkTarget == folder;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // ended while we looked
        }
    }
}
