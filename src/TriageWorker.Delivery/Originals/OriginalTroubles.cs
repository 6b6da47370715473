using System.Diagnostics;
using TriageWorker.Bus;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;

namespace TriageWorker.Delivery;

/// <summary>What became of the images that an association did not bring over, and what that means for all of them together.</summary>
internal sealed class OriginalTroubles(RetryPolicy retry)
{
    private readonly List<WorkFault> _faults = [];

    public int Count => _faults.Count;

    /// <summary>How often an association broke under an image.</summary>
    public int BrokenWays { get; private set; }

    public void Add(SendOutcome outcome)
    {
        if (outcome.Fault?.Fault is NetworkFault.Aborted or NetworkFault.Lost or NetworkFault.TimedOut or NetworkFault.Protocol) BrokenWays++;
        _faults.Add(outcome switch
        {
            { Status: { } status } => PacsFaults.Of(status),
            { Fault: { Fault: NetworkFault.UnsuitableFile } unreadable } => new(Prospect.NeedsSomebody, unreadable.Message, "no-file", "files of the spool cannot be read"),
            { Fault: { } fault } => retry.Judge(fault) with { Because = fault.Message },
            _ => throw new UnreachableException("An image that was not taken was refused, or not brought there."),
        });
    }

    /// <summary>Its row is not there any more, so its file is not either.</summary>
    public void AddGone(string sop) => _faults.Add(new(Prospect.ForGood, $"Image {sop} is not in the spool any more.", "no-image", "images are not in the spool any more"));

    /// <summary>
    /// One fault for the round. While any image has a hope, all that are missing are sent again: what was refused for good is few, and a
    /// second refusal costs nothing.
    /// </summary>
    /// <param name="missing">Those that are not there.</param>
    /// <param name="images">All of the round.</param>
    public WorkFault Sum(int missing, int images)
    {
        var fault = _faults.FirstOrDefault(each => each.Lane == LaneNews.Down) ?? _faults.MinBy(each => each.Prospect switch
        {
            Prospect.Passing => 0,
            Prospect.NeedsSomebody => 1,
            Prospect.Unclear => 2,
            _ => 3,
        }) ?? throw new UnreachableException("Images are missing, and nothing has happened to any of them.");
        return fault with { Because = $"{missing} of {images} originals {(missing == 1 ? "is not there:" : "are not there, one of them because")} {fault.Because}" };
    }
}
