using System.Text.RegularExpressions;

namespace TriageWorker.Intake.Tests;

/// <summary>One call that a watched process made, as strace writes it: <c>fsync(7&lt;/spool/incoming&gt;) = 0</c>.</summary>
/// <param name="Began">Where in the trace the call began; it lies before everything that was seen later, in any thread.</param>
/// <param name="Ended">Where in the trace it returned.</param>
internal sealed partial record SystemCall(int Began, int Ended, string Text)
{
    private const string Unfinished = " <unfinished ...>";

    /// <summary>The command that runs a program and writes down its calls: paths beside descriptors (-y), bytes as hexadecimal (-x).</summary>
    public static string[] Watch(string trace) =>
        ["strace", "-f", "--seccomp-bpf", "-y", "-x", "-s", "512", "-o", trace, "-e", "trace=openat,pwrite64,write,fsync,fdatasync,sendto,sendmsg"];

    public static List<SystemCall> ReadAll(string trace)
    {
        var calls = new List<SystemCall>();
        var begun = new Dictionary<string, (int At, string Text)>();
        foreach (var (at, line) in File.ReadLines(trace).Index())
        {
            if (Line().Match(line) is not { Success: true } match) continue;
            var (thread, text) = (match.Groups["thread"].Value, match.Groups["text"].Value);
            if (text.EndsWith(Unfinished, StringComparison.Ordinal))
                begun[thread] = (at, text[..^Unfinished.Length]);
            else if (Resumed().Match(text) is { Success: true } resumed && begun.Remove(thread, out var first))
                calls.Add(new SystemCall(first.At, at, first.Text + text[resumed.Length..]));
            else
                calls.Add(new SystemCall(at, at, text));
        }
        return calls;
    }

    public bool Is(params string[] names) => names.Any(name => Text.StartsWith(name + "(", StringComparison.Ordinal));

    public bool Says(string words) => Text.Contains(words, StringComparison.Ordinal);

    public bool Succeeded => Text.EndsWith("= 0", StringComparison.Ordinal);

    /// <summary>What the first argument's descriptor stands for.</summary>
    public string Path => Descriptor().Match(Text).Groups["path"].Value;

    [GeneratedRegex(@"^(?<thread>\d+)\s+(?<text>.*)$")]
    private static partial Regex Line();

    [GeneratedRegex(@"^<\.\.\. \w+ resumed>")]
    private static partial Regex Resumed();

    [GeneratedRegex(@"^\w+\(\d+<(?<path>[^>]*)>")]
    private static partial Regex Descriptor();
}
