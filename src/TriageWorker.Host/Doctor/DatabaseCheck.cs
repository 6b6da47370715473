using System.Globalization;
using TriageWorker.Host.Administration;

namespace TriageWorker.Host.Doctor;

/// <summary>The database answers, and is new enough.</summary>
internal sealed class DatabaseCheck(DatabaseDoor door) : Check("database")
{
    private const int Oldest = 15;

    public override async Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop)
    {
        const string Unchecked = "Its version, schema, clock and safety, the processes, the work and the alarms were not looked at.";
        try
        {
            var open = await door.OpenAsync();
            var what = $"PostgreSQL {open.Version} answers at {open.Address}{(door.IsEmbedded ? " (embedded)" : "")}.";
            return [open.Version.Major >= Oldest ? Ok(what) : Fault(what, $"Use PostgreSQL {Oldest} or newer.")];
        }
        catch (Exception shut) when (DatabaseDoor.IsShut(shut))
        {
            // A product that does not run has no embedded server: that is no fault, and starting it is not this verb's to do.
            return [door.IsEmbedded && shut is Store.EmbeddedPostgresException
                ? Warning($"{shut.Message} {Unchecked}", "Start the product, and ask again.")
                : Fault($"{(shut is TimeoutException or OperationCanceledException ? string.Create(CultureInfo.InvariantCulture, $"The database does not answer within {door.Within.TotalSeconds:0.#} s.") : ProductDatabase.Sentence(shut))} {Unchecked}",
                    "Start it, or mend Database:ConnectionString, the network or its pg_hba.conf.")];
        }
    }
}
