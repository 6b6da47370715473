using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TriageWorker.Host.Doctor;

/// <summary>Runs checks beside each other, none longer than it may; what hangs is itself a finding.</summary>
public static class Examination
{
    /// <summary>What all of them found, in the order of the checks.</summary>
    /// <param name="within">How long one may take, unless it <see cref="Check.Needs"/> longer.</param>
    public static async Task<IReadOnlyList<Diagnosis>> OfAsync(IReadOnlyList<Check> checks, TimeSpan within, TimeProvider clock, CancellationToken stop)
    {
        var asking = Task.WhenAll(checks.Where(check => !check.Computes).Select(check => RunAsync(check, within, clock, stop)));
        var found = (await asking).ToDictionary(each => each.Check, each => each.Found);
        foreach (var check in checks.Where(check => check.Computes)) found[check] = (await RunAsync(check, within, clock, stop)).Found;
        return [.. checks.SelectMany(check => found[check])];
    }

    [SuppressMessage("Design", "CA1031", Justification = "A check that fails in a way of its own must not take the others with it.")]
    private static async Task<(Check Check, IReadOnlyList<Diagnosis> Found)> RunAsync(Check check, TimeSpan within, TimeProvider clock, CancellationToken stop)
    {
        var longest = check.Needs > within ? check.Needs : within;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        // On a thread of its own: a file system that hangs heeds no token, and holds no thread that another check waits for.
        var running = Task.Factory.StartNew(() => check.RunAsync(deadline.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        var first = await Task.WhenAny(running, Task.Delay(longest, clock, stop));
        try
        {
            if (first == running) return (check, await running);
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            return (check, [new(check.Name, Judgement.Fault, $"The check itself failed: {fault.GetType().Name}: {fault.Message}", "Report this with the line above.")]);
        }

        stop.ThrowIfCancellationRequested();
        await deadline.CancelAsync();
        _ = running.ContinueWith(static left => left.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return (check, [new(check.Name, Judgement.Fault, string.Create(CultureInfo.InvariantCulture, $"No answer within {longest.TotalSeconds:0.#} s; what it would have found is not known."),
            "Find out what hangs: a network path, a mounted file system; on a machine that is merely busy, ask with a longer --within.")]);
    }
}
