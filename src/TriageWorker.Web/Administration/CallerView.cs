using TriageWorker.Store;

namespace TriageWorker.Web;

/// <summary>Who calls, and who was not let in, as <c>/admin/callers</c> shows it and <c>/api/callers</c> says it.</summary>
/// <param name="Refused">Of the last week, the newest first.</param>
public sealed record CallersView(IReadOnlyList<CallerView> Callers, IReadOnlyList<RefusedCaller> Refused);

/// <summary>One caller and its line.</summary>
/// <param name="ObjectsPerSecond">While it sends; null where too little came.</param>
/// <param name="WaitMilliseconds">Between our answer and its next object; null where too little came.</param>
/// <param name="PduSent">The longest P-DATA-TF that it has sent, in bytes; 0: not known.</param>
/// <param name="PduTaken">The longest that it takes; 0: any.</param>
/// <param name="Hours">Of the last week, those with anything.</param>
public sealed record CallerView(string Title, string? Name, string Address, string Implementation, bool Tls, DateTimeOffset FirstAt, DateTimeOffset LastAt, DateTimeOffset? LastObjectAt,
    VolumeView Day, VolumeView Week, double? ObjectsPerSecond, double? WaitMilliseconds, uint PduSent, uint PduTaken,
    IReadOnlyList<SyntaxView> Syntaxes, IReadOnlyList<LinkVerdict> Verdicts, IReadOnlyList<HourView> Hours)
{
    internal string Called => Name ?? Title;
}

public sealed record VolumeView(int Associations, int Aborted, int Studies, int Objects, int Refused, long Bytes);

public sealed record SyntaxView(string Uid, string Name, long Objects);

/// <param name="Hour">When it began.</param>
public sealed record HourView(DateTimeOffset Hour, int Associations, int Aborted, int Studies, int Objects, long Bytes);
