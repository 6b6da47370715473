using System.Globalization;
using TriageWorker.Dicom;

namespace TriageWorker.Store;

/// <param name="IsTrouble">Somebody can mend it, here or there.</param>
/// <param name="Sentence">What is so, and what to do.</param>
public sealed record LinkVerdict(bool IsTrouble, string Sentence);

/// <summary>Says in plain words what a caller's line does: where its time goes, and what would make it faster or whole.</summary>
internal static class LinkVerdicts
{
    /// <summary>Fewer say nothing of a line.</summary>
    public const int LeastObjects = 20;

    private const double Most = 0.5; // of the time
    private const uint SmallPdu = 32 * 1024, TinyPdu = 16 * 1024;
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(10); // an object each 10 ms is 100 a second, and nobody waits for that

    public static IReadOnlyList<LinkVerdict> Of(CallerLink link) =>
        [.. new[] { Speed(link), Pdu(link), Taken(link), Lossy(link), OneByOne(link), Aborts(link), Refused(link) }.OfType<LinkVerdict>()];

    private static LinkVerdict? Speed(CallerLink link)
    {
        if (link.ObjectsPerSecond is not { } rate) return new(false, $"{link.Row.Called} has sent too little lately to judge its line.");
        var (volume, times) = (link.Recent, link.Recent.Times);
        var sends = string.Create(CultureInfo.InvariantCulture, $"{link.Row.Called} sends {rate:0.#} objects/s ({volume.Bytes / times.Sum.TotalSeconds / 1e6:0.#} MB/s) while it sends");
        var (wait, keep, receive) = (Each(times.Waiting + times.Starting, volume), Each(times.Keeping, volume), Each(times.Receiving, volume));
        if (Each(times.Sum, volume) < Slow) return new(false, $"{sends}; there is nothing to mend.");
        if (Share(times.Waiting + times.Starting, times) > Most)
            return times.LateWaits > volume.Objects * Most
                ? new(true, $"{sends} and waits {Ms(wait)} at every image, which is what a delayed acknowledgement of TCP costs: have it set TCP_NODELAY (DCMTK: TCP_NODELAY=1 in its environment), or several associations at once.")
                : new(false, $"{sends} and waits {Ms(wait)} at every image: it reads or makes them no faster. Several associations at once may help; nothing is to be done here.");
        if (Share(times.Keeping, times) > Most) return new(true, $"{sends}; this side takes {Ms(keep)} of each image to have it safe on disk, most of the time: look at the disk of the spool, and at what else writes there.");
        return Share(times.Receiving, times) > Most
            ? new(link.Row.Who.PduSent is > 0 and <= SmallPdu, $"{sends}; the bytes take {Ms(receive)} of each image, most of the time: {Line(link, volume.Bytes / times.Receiving.TotalSeconds)}")
            : new(false, $"{sends}: {Ms(receive)} an image for its bytes, {Ms(keep)} until it is safe here, {Ms(wait)} until the next one.");
    }

    private static string Line(CallerLink link, double bytesPerSecond) => bytesPerSecond switch
    {
        > 9e6 and < 12.5e6 => "that is the speed of a line of 100 Mbit/s. Look for it between the two.",
        _ when IsMostlyPlain(link) => "the line or the sender gives no more. Compressed without loss (JPEG-LS, JPEG 2000), as it may be sent, images have half as many.",
        _ => "the line or the sender gives no more.",
    };

    private static LinkVerdict? Pdu(CallerLink link) => link.Row.Who.PduSent is > 0 and <= SmallPdu && link.ObjectsPerSecond is not null
        ? new(true, $"{link.Row.Called} sends in PDUs of {link.Row.Who.PduSent / 1024.0:0.#} KB, though longer ones are taken here (Intake:MaxPduLength): a longest PDU of 128 KB there costs it fewer turns.") : null;

    private static LinkVerdict? Taken(CallerLink link) => link.Row.Who.PduTaken is > 0 and <= TinyPdu
        ? new(false, $"{link.Row.Called} announces that it takes PDUs of {link.Row.Who.PduTaken / 1024.0:0.#} KB only: what it is sent goes in small pieces.") : null;

    private static LinkVerdict? Lossy(CallerLink link) => link.Syntaxes.Where(syntax => TransferSyntax.Of(syntax.TransferSyntax).IsLossy).ToList() is { Count: > 0 } lossy
        ? new(true, $"{link.Row.Called} has sent {lossy.Sum(syntax => syntax.Objects)} objects compressed with loss ({string.Join(", ", lossy.Select(syntax => TransferSyntax.Of(syntax.TransferSyntax).Name))}): such are kept and not analysed. Have it send without loss.") : null;

    private static LinkVerdict? OneByOne(CallerLink link) => link.Recent is { Associations: >= LeastObjects } volume && volume.Objects <= volume.Associations * 1.2
        ? new(false, $"{link.Row.Called} opens an association for each image: each costs it some turns more, and studies are known to be complete later.") : null;

    private static LinkVerdict? Aborts(CallerLink link) => link.Week is { Aborted: >= 2 } week && week.Aborted >= week.Associations * 0.05
        ? new(true, $"{week.Aborted} of {week.Associations} associations of {link.Row.Called} within a week were broken off, the last one because {link.Row.AbortedBecause ?? "of a reason that was not kept"}.") : null;

    private static LinkVerdict? Refused(CallerLink link) => link.Week.Refused > 0
        ? new(true, $"{link.Week.Refused} objects of {link.Row.Called} were refused within a week, the last one because {link.Row.RefusedBecause ?? "of what the log says"}. What came of them is in the quarantine of the spool.") : null;

    private static bool IsMostlyPlain(CallerLink link) => link.Syntaxes.Sum(syntax => syntax.Objects) is > 0 and var all
        && link.Syntaxes.Where(syntax => !TransferSyntax.Of(syntax.TransferSyntax).IsEncapsulated).Sum(syntax => syntax.Objects) > all * Most;

    private static TimeSpan Each(TimeSpan sum, CallerVolume volume) => sum / volume.Objects;

    private static double Share(TimeSpan part, LinkTimes times) => part / times.Sum;

    private static string Ms(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#} ms");
}
