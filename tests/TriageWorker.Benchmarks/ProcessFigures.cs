using System.Globalization;

namespace TriageWorker.Benchmarks;

/// <summary>What Linux has counted of a process and the children it forks (proc(5)).</summary>
public static class ProcessFigures
{
    private const double TicksPerSecond = 100; // USER_HZ of every Linux we know

    /// <summary>Seconds in user and kernel mode, those of its children included.</summary>
    /// <remarks>A child that ended keeps its own count until the parent takes note, which adds it to the parent's: no moment counts it twice or not at all.</remarks>
    public static double ProcessorSeconds(int id) => Children(id).Append(id).Sum(Ticks) / TicksPerSecond;

    /// <summary>
    /// Peak resident memory in MB (VmHWM) of the process and of those of its children that live now. Pages that a child shares with
    /// its parent count for both.
    /// </summary>
    public static double PeakMegabytes(int id) => Own(id) + Children(id).Sum(Own);

    // A child stands under the thread that forked it.
    private static IEnumerable<int> Children(int id)
    {
        try
        {
            return [.. Directory.GetDirectories($"/proc/{id}/task")
                .Select(thread => Path.Combine(thread, "children"))
                .Where(File.Exists)
                .SelectMany(path => File.ReadAllText(path).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(child => int.Parse(child, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return []; // it ended meanwhile
        }
    }

    private static double Ticks(int id)
    {
        try
        {
            // Fields 14 to 17 are utime, stime, cutime and cstime; field 2, the name, may hold spaces but ends with the last bracket.
            var fields = File.ReadAllText($"/proc/{id}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return fields[11..15].Sum(field => double.Parse(field, CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return 0; // it ended meanwhile
        }
    }

    private static double Own(int id)
    {
        try
        {
            var line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
        }
        catch (IOException)
        {
            return 0; // it ended meanwhile
        }
    }
}
