using Microsoft.Extensions.Options;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>The application entities that C-MOVE can send to, by the titles that a requestor names them by.</summary>
internal sealed class MoveTargets(IOptions<IntakeOptions> intake, IOptions<DestinationOptions> destinations, TimeProvider clock)
{
    private readonly Dictionary<string, (string Host, int Port)> _known = Known(intake.Value.Query, destinations.Value);

    /// <summary>The titles that settings give an address to.</summary>
    public static IReadOnlyCollection<string> Titles(IntakeQueryOptions query, DestinationOptions destinations) => Known(query, destinations).Keys;

    /// <summary>Null when nobody is known under that title.</summary>
    public AssociationRequest? Find(string title) => !_known.TryGetValue(title, out var place) ? null
        : new AssociationRequest { Host = place.Host, Port = place.Port, CalledAe = title, CallingAe = intake.Value.AeTitle.Trim(), Time = clock };

    // Those that are named for C-MOVE have the word: a viewer may have another port for it than the archive that it belongs to.
    private static Dictionary<string, (string Host, int Port)> Known(IntakeQueryOptions query, DestinationOptions destinations)
    {
        var known = new Dictionary<string, (string, int)>(StringComparer.Ordinal);
        foreach (var one in query.Destinations) known.TryAdd(one.AeTitle.Trim(), (one.Host, one.Port));
        foreach (var one in destinations.Destinations.Where(one => one.IsDicom)) known.TryAdd(one.CalledAe.Trim(), (one.Host, one.Port));
        return known;
    }
}
