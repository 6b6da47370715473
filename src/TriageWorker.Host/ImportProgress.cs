using Spectre.Console;
using TriageWorker.Models.Merlin.Import;

namespace TriageWorker.Host;

/// <summary>How far the making of a package is: a bar for each step; on a pipe a line when each begins.</summary>
internal static class ImportProgress
{
    public static T Show<T>(IAnsiConsole console, Func<IProgress<ImportStep>, T> make)
    {
        if (!console.Profile.Capabilities.Interactive) return make(new Steps(step => console.WriteLine($"{step} …"), static (_, _) => { }));
        return console.Progress().Columns(new PlainTitleColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn()).Start(progress =>
        {
            ProgressTask? bar = null;
            return make(new Steps(step => bar = progress.AddTask(step, maxValue: 1), (_, share) => bar!.Value = share));
        });
    }

    private sealed class Steps(Action<string> begin, Action<string, double> share) : IProgress<ImportStep>
    {
        private string? _step;

        public void Report(ImportStep value)
        {
            if (value.Step != _step) begin(value.Step);
            _step = value.Step;
            share(value.Step, value.Share);
        }
    }
}
