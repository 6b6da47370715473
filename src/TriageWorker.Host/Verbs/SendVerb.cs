using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using TriageWorker.Dicom.Network;
using TriageWorker.Host.Sending;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage send DIR --to HOST:PORT</c>: pushes files over C-STORE, as a scanner would.</summary>
public static class SendVerb
{
    private const int ShownPerReason = 5;

    public static Command Create(IAnsiConsole console)
    {
        var path = new Argument<string>("PATH") { Description = "A file, or a folder that is searched to its depth." };
        var to = new Option<Receiver>("--to")
        {
            Description = "The receiver, as HOST:PORT.", Required = true, HelpName = "HOST:PORT",
            CustomParser = result => Parse(result),
        };
        var aet = new Option<string>("--aet") { Description = "The receiver's application entity title.", DefaultValueFactory = _ => "TRIAGE" };
        var caller = new Option<string>("--calling") { Description = "The title to call under.", DefaultValueFactory = _ => "TRIAGE-SEND" };
        var command = new Command("send", "Send DICOM files to a receiver over C-STORE. Ends with 1 when any file was not stored.") { path, to, aet, caller };
        command.SetAction((parsed, stop) => RunAsync(console, parsed.GetRequiredValue(path), new AssociationRequest
        {
            Host = parsed.GetValue(to).Host, Port = parsed.GetValue(to).Port,
            CalledAe = parsed.GetRequiredValue(aet), CallingAe = parsed.GetRequiredValue(caller),
        }, stop));
        return command;
    }

    private static async Task<int> RunAsync(IAnsiConsole console, string path, AssociationRequest receiver, CancellationToken stop)
    {
        var consignment = Consignment.Gather(path);
        var outcomes = new List<FileOutcome>(consignment.Unsuitable);
        var began = TimeProvider.System.GetTimestamp();
        await Progress.RunAsync(console, $"sending to {receiver.CalledAe}", consignment.Files.Count, async advance =>
        {
            await foreach (var outcome in new Sender(receiver).SendAsync(consignment.Files, stop))
            {
                outcomes.Add(outcome);
                advance();
            }
        });
        Report(console, outcomes, TimeProvider.System.GetElapsedTime(began));
        return outcomes.All(outcome => outcome.Fate == FileFate.Stored) ? ExitCode.Done : ExitCode.SomeFailed;
    }

    /// <summary>One line per file that was not stored; where many share one reason, one line for all of them.</summary>
    private static void Report(IAnsiConsole console, List<FileOutcome> outcomes, TimeSpan time)
    {
        foreach (var group in outcomes.Where(outcome => outcome.Fate != FileFate.Stored).GroupBy(outcome => (outcome.Fate, outcome.Words)).OrderBy(group => group.Key.Fate))
        {
            var files = group.Count() > ShownPerReason ? $"{group.Count()} files, the first {group.First().Path}" : string.Join(", ", group.Select(outcome => outcome.Path));
            console.WriteLine(Words(group.Key.Fate), Color.Yellow, $"{files}: {group.Key.Words}");
        }

        var stored = outcomes.Count(outcome => outcome.Fate == FileFate.Stored);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stored} of {outcomes.Count} files stored in {time.TotalSeconds:0.0} s."));
    }

    private static string Words(FileFate fate) => fate switch
    {
        FileFate.Refused => "refused",
        FileFate.NotSent => "not sent",
        FileFate.NotDicom => "not DICOM",
        _ => "stored",
    };

    private static Receiver Parse(System.CommandLine.Parsing.ArgumentResult result)
    {
        try
        {
            return Receiver.Parse(result.Tokens[^1].Value);
        }
        catch (FormatException fault)
        {
            result.AddError(fault.Message);
            return default;
        }
    }
}
