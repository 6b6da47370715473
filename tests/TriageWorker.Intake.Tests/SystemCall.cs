using System.Text.RegularExpressions;

namespace TriageWorker.Intake.Tests;

/// <summary>One call that a watched process made, as strace writes it: <c>fsync(7&lt;/spool/incoming&gt;) = 0</c>.</summary>
/// <param name="Began">Where in the trace the call began; it lies before everything that was seen later, in any thread.</param>
/// <param name="Ended">Where in the trace it returned.</param>
internal sealed partial record SystemCall(int Began, int Ended, string Text)
{
    private const string Unfinished = " <unfinished ...>", Injected = "(INJECTED)";
    private const string Watched = "openat,pwrite64,write,fsync,fdatasync,sendto,sendmsg,recvfrom,recvmsg,?link,linkat,?unlink,unlinkat";

    /// <summary>The command that runs a program and writes down its calls: paths beside descriptors (-y), bytes as hexadecimal (-x).</summary>
    /// <param name="options">Of <see cref="LeaveOut"/>.</param>
    public static string[] Watch(string trace, params string[] options) =>
        ["strace", "-f", "--seccomp-bpf", "-y", "-x", "-s", "512", "-o", trace, "-e", $"trace={Watched}", .. options];

    /// <summary>Has the program take such a call for made, and the system never see it: what its code would be without it.</summary>
    /// <param name="which">The first is 1, counted in each thread; null is all of them.</param>
    public static string[] LeaveOut(string call, int? which = null) => ["-e", $"inject={call}:retval=0{(which is { } one ? $":when={one}" : "")}"];

    /// <summary>The calls that were made; what was left out is not among them.</summary>
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

        calls.RemoveAll(call => call.Text.EndsWith(Injected, StringComparison.Ordinal));
        return calls;
    }

    public bool Is(params string[] names) => names.Any(name => Text.StartsWith(name + "(", StringComparison.Ordinal));

    public bool Says(string words) => Text.Contains(words, StringComparison.Ordinal);

    /// <summary>Whether these bytes, some of which may be no letters, are among those that it passed.</summary>
    public bool Carries(string bytes) => Says(bytes) || Says(string.Concat(bytes.Select(letter => $"\\x{(int)letter:x2}")));

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
