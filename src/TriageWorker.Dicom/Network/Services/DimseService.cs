namespace TriageWorker.Dicom.Network;

/// <summary>What this side performs for the other on an association. One object may serve one association or many.</summary>
public abstract class DimseService
{
    /// <summary>Whether the association is of use for this SOP class at all.</summary>
    internal abstract bool Knows(string sopClass);

    /// <summary>Whether requests of this kind are performed here.</summary>
    internal abstract bool Performs(string sopClass, CommandField request);

    /// <summary>This side is the SCU of the class and is sent reports by its SCP (PS3.7, 10.1.1).</summary>
    internal virtual bool IsScu => false;

    /// <summary>This side is the SCP of the class and may send its SCU reports, also over an association that it asks for in that role.</summary>
    internal virtual bool Reports => false;

    /// <summary>Of the proposed transfer syntaxes the one to speak; null when none can be.</summary>
    internal virtual string? Choose(IEnumerable<string> proposed) => DataSetSyntaxes.Choose(proposed);

    /// <summary>The answer to what the requestor says of the class beyond its name; null declines (PS3.7, D.3.3.5).</summary>
    internal virtual ExtendedNegotiation? Extend(ExtendedNegotiation proposed) => null;

    /// <summary>Takes a request on its command alone; its data set follows.</summary>
    internal abstract ValueTask<DimseOperation> BeginAsync(PresentationContext context, CommandSet command, MessageLimits limits);

    /// <summary>Called once at the end of the association that it was accepted for.</summary>
    internal virtual ValueTask EndAsync(EndingKind kind, string because) => ValueTask.CompletedTask;
}
