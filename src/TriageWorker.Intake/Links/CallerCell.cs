using System.Net;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>What one caller did in one hour and is not in the database yet.</summary>
internal sealed class CallerCell(LiveAssociation association, long hour)
{
    public string Title { get; } = association.Caller.CallingAe;

    public long Hour => hour;

    /// <summary>The newest one that says who the caller is.</summary>
    public LiveAssociation Association { get; set; } = association;

    public DateTimeOffset At { get; set; }

    public CallerVolume Volume { get; set; }

    public DateTimeOffset? LastObjectAt { get; set; }

    public DateTimeOffset? AbortedAt { get; set; }

    public string? AbortedBecause { get; set; }

    public string? RefusedBecause { get; set; }

    public Dictionary<string, int> Syntaxes { get; } = [];

    public CallerNews News => new(Identity(), At, Volume, LastObjectAt, AbortedAt, AbortedBecause, Syntaxes) { RefusedBecause = RefusedBecause };

    /// <summary>Adds what an older cell of the same hour has.</summary>
    public void TakeOver(CallerCell older)
    {
        Volume += older.Volume;
        LastObjectAt ??= older.LastObjectAt;
        RefusedBecause ??= older.RefusedBecause;
        if (AbortedAt is null) (AbortedAt, AbortedBecause) = (older.AbortedAt, older.AbortedBecause);
        foreach (var (syntax, objects) in older.Syntaxes) Syntaxes[syntax] = Syntaxes.GetValueOrDefault(syntax) + objects;
    }

    private CallerIdentity Identity()
    {
        var caller = Association.Caller;
        var address = caller.Remote is IPEndPoint { Address: var remote } ? (remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote).ToString() : "unknown";
        return new(caller.CallingAe, Association.Treatment.Name, address, caller.ImplementationVersion, caller.IsSecured, caller.MaxPduLength, caller.Pdus.LongestReceived);
    }
}
