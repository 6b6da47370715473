using Spectre.Console;

namespace TriageWorker.Host;

/// <summary>A bar for work whose length is known; on a pipe it says begin and end only.</summary>
public static class Progress
{
    /// <param name="work">Calls its argument once per finished unit; from one thread at a time or from many.</param>
    public static async Task RunAsync(IAnsiConsole console, string title, int units, Func<Action, Task> work)
    {
        if (!console.Profile.Capabilities.Interactive)
        {
            console.WriteLine($"{title}: {units} …");
            await work(static () => { });
            return;
        }

        await console.Progress()
            .Columns(new PlainTitleColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask(title, maxValue: Math.Max(1, units));
                await work(() => bar.Increment(1));
            });
    }

    /// <summary>The same where the number of units is learned on the way, and many are finished at once.</summary>
    /// <param name="work">Calls its first argument with the number of units, and its second with how many more are finished.</param>
    public static async Task RunAsync(IAnsiConsole console, string title, Func<Action<long>, Action<int>, Task> work)
    {
        if (!console.Profile.Capabilities.Interactive)
        {
            await work(units => console.WriteLine($"{title}: about {units} …"), static _ => { });
            return;
        }

        await console.Progress()
            .Columns(new PlainTitleColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask(title);
                await work(units => bar.MaxValue(Math.Max(1, units)), units => bar.Increment(units));
            });
    }

    /// <summary>A sign of life for work whose length is not known.</summary>
    /// <param name="title">Words of our own.</param>
    public static async Task<T> WhileAsync<T>(IAnsiConsole console, string title, Func<Task<T>> work)
    {
        if (console.Profile.Capabilities.Interactive) return await console.Status().StartAsync(title, _ => work());
        console.WriteLine($"{title} …");
        return await work();
    }
}
