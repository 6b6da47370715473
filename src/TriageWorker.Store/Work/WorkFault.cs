namespace TriageWorker.Store;

/// <summary>What another attempt may hope for.</summary>
public enum Prospect
{
    /// <summary>It passes by itself: the same attempt may succeed later without anybody doing anything.</summary>
    Passing,

    /// <summary>Waiting alone does not mend it, but a person will, here or there: then this same work succeeds.</summary>
    NeedsSomebody,

    /// <summary>No rule knows it. It may be a fault of the product: a few attempts show whether it stays.</summary>
    Unclear,

    /// <summary>The next attempt would meet the same.</summary>
    ForGood,
}

/// <summary>What an attempt has shown of the lane it went through.</summary>
public enum LaneNews
{
    /// <summary>It was not reached for, or the fault was on our side.</summary>
    None,

    /// <summary>It answers, whatever it answered.</summary>
    Answers,

    /// <summary>Whatever else goes there now meets the same.</summary>
    Down,
}

/// <summary>Why an attempt came to nothing, and what that means for the next one. No names, birth dates or pixel values.</summary>
/// <param name="Because">What happened this time, for a person.</param>
/// <param name="Cause">Its kind, the same for all work that met the same: small letters, digits and hyphens.</param>
/// <param name="Words">The cause as a clause that follows "12 studies:", without what is particular to one of them.</param>
public sealed record WorkFault(Prospect Prospect, string Because, string Cause, string Words)
{
    public LaneNews Lane { get; init; }
}
