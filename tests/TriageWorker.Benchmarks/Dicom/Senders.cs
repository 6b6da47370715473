using System.Diagnostics;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Dicom;

/// <summary>One association per share at once, each of a <c>storescu</c> process: what a scanner on DCMTK does.</summary>
/// <param name="Tuned">Without Nagle's algorithm. The length of P-DATA is the receiver's choice already: storescu goes up to 131,072.</param>
public sealed record Senders(bool Tuned)
{
    private static readonly Dictionary<string, string> s_plain = [], s_tuned = new() { ["TCP_NODELAY"] = "1" };

    /// <summary>Sends all shares; the time is from the first association's acceptance to the last one's release, so that starting processes is no part of it.</summary>
    public async Task<TimeSpan> SendAsync(int port, IReadOnlyList<string[]> shares, CancellationToken stop)
    {
        var (accepted, released) = await SpanAsync(port, shares, stop);
        return Stopwatch.GetElapsedTime(accepted, released);
    }

    /// <summary>Sends all shares, and says when.</summary>
    public async Task<(long Accepted, long Released)> SpanAsync(int port, IReadOnlyList<string[]> shares, CancellationToken stop)
    {
        var spans = await Task.WhenAll(shares.Select(share => SendAsync(port, share, stop)));
        return (spans.Min(span => span.Accepted), spans.Max(span => span.Released));
    }

    private async Task<(long Accepted, long Released)> SendAsync(int port, string[] share, CancellationToken stop)
    {
        using var process = ExternalTool.Start("storescu",
            ["-v", "-aet", OrthancFixture.CallingAe, "-aec", OrthancFixture.Ae, "127.0.0.1", $"{port}", .. share], Tuned ? s_tuned : s_plain);
        try
        {
            var dots = process.StandardOutput.ReadToEndAsync(stop); // one for each PDU
            long accepted = 0, released = 0;
            var last = "";
            while (await process.StandardError.ReadLineAsync(stop) is { } line)
            {
                if (accepted == 0 && line.StartsWith("I: Association Accepted", StringComparison.Ordinal)) accepted = Stopwatch.GetTimestamp();
                if (line.StartsWith("I: Releasing Association", StringComparison.Ordinal)) released = Stopwatch.GetTimestamp();
                last = line;
            }

            await dots;
            await process.WaitForExitAsync(stop);
            if (process.ExitCode != 0 || accepted == 0 || released == 0) throw new InvalidOperationException($"storescu ended with {process.ExitCode} and these words: {last}");
            return (accepted, released);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
