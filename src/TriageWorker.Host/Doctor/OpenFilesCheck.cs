using System.Globalization;
using TriageWorker.Intake;
using TriageWorker.Store;

namespace TriageWorker.Host.Doctor;

/// <summary>A process may have as many files and connections open as its settings allow for.</summary>
internal sealed class OpenFilesCheck(IntakeOptions intake, DatabaseOptions database) : Check("open files")
{
    private const int OfTheProgram = 512, PerAssociation = 3; // its socket, its file, and the folder that is synced

    public override async Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop)
    {
        var needed = OfTheProgram + PerAssociation * intake.MaxAssociations + database.MaxConnections;
        var line = (await File.ReadAllLinesAsync("/proc/self/limits", stop)).First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        // The runtime raises the soft limit to the hard one when it starts, so the hard one counts.
        var hard = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4];
        if (hard == "unlimited" || long.Parse(hard, CultureInfo.InvariantCulture) >= needed) return [Ok($"{hard} may be open (ulimit -n), {needed} are needed at most.")];
        return [Warning($"Only {hard} may be open (ulimit -n), {needed} may be needed.", "Raise it: LimitNOFILE= of the service, or ulimits of the container.")];
    }
}
