using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TriageWorker.Host.Doctor;

/// <summary>Runs checks beside each other, none longer than it may.</summary>
public static class Examination
{
    /// <summary>What all of them found, in the order of the checks.</summary>
    public static async Task<IReadOnlyList<Diagnosis>> OfAsync(IReadOnlyList<Check> checks, TimeProvider clock, CancellationToken stop) =>
        [.. (await Task.WhenAll(checks.Select(check => RunAsync(check, clock, stop)))).SelectMany(found => found)];

    [SuppressMessage("Design", "CA1031", Justification = "A check that fails in a way of its own must not take the others with it.")]
    private static async Task<IReadOnlyList<Diagnosis>> RunAsync(Check check, TimeProvider clock, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        // On a thread of its own: a file system that hangs heeds no token, and must not keep the others from starting.
        var running = Task.Run(() => check.RunAsync(deadline.Token), CancellationToken.None);
        var first = await Task.WhenAny(running, Task.Delay(check.Longest, clock, stop));
        try
        {
            if (first == running) return await running;
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            return [new(check.Name, Judgement.Fault, $"The check itself failed: {fault.GetType().Name}: {fault.Message}", "Report this with the line above.")];
        }

        stop.ThrowIfCancellationRequested();
        await deadline.CancelAsync();
        _ = running.ContinueWith(static left => left.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return [new(check.Name, Judgement.Fault, string.Create(CultureInfo.InvariantCulture, $"No answer within {check.Longest.TotalSeconds:0.#} s; what it would have found is not known."),
            "Find out what hangs: a network path, a mounted file system, an overloaded machine.")];
    }
}
