using TriageWorker.Dicom;

namespace TriageWorker.Store.Tests.Callers;

public sealed class LinkVerdictTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_sender_with_delayed_acknowledgements_is_told_which_option_to_set() => Of(new(100, 5, 40, 1), lateWaits: 99)[0].ShouldBe(new(true,
        "CT 2 sends 20 objects/s (10 MB/s) while it sends and waits 45 ms at every image, which is what a delayed acknowledgement of TCP costs: have it set TCP_NODELAY (DCMTK: TCP_NODELAY=1 in its environment), or several associations at once."));

    [Fact]
    public void A_sender_that_waits_for_its_own_reasons_is_no_trouble_of_ours() =>
        Of(new(100, 2, 88, 0), lateWaits: 3)[0].ShouldSatisfyAllConditions(verdict => verdict.IsTrouble.ShouldBeFalse(), verdict => verdict.Sentence.ShouldContain("waits 90 ms at every image: it reads or makes them no faster"));

    [Fact]
    public void A_slow_disk_of_ours_is_our_trouble() =>
        Of(new(100, 1, 2, 30))[0].ShouldSatisfyAllConditions(verdict => verdict.IsTrouble.ShouldBeTrue(), verdict => verdict.Sentence.ShouldContain("this side takes 30 ms of each image to have it safe on disk"));

    [Fact]
    public void A_fast_line_has_nothing_to_mend() => Of(new(100, 1, 0, 2, Receiving: 1)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
        verdict => verdict.IsTrouble.ShouldBeFalse(), verdict => verdict.Sentence.ShouldEndWith("; there is nothing to mend."));

    [Fact]
    public void A_line_of_a_hundred_megabits_and_small_PDUs_are_seen()
    {
        var verdicts = Of(new(100, 0, 1, 1, Receiving: 45), pduSent: 16384);
        verdicts[0].Sentence.ShouldContain("that is the speed of a line of 100 Mbit/s");
        verdicts[1].ShouldSatisfyAllConditions(verdict => verdict.IsTrouble.ShouldBeTrue(), verdict => verdict.Sentence.ShouldStartWith("CT 2 sends in PDUs of 16 KB, though longer ones are taken here"));
        Of(new(100, 0, 1, 1, Receiving: 200))[0].Sentence.ShouldContain("Compressed without loss");
        Of(new(100, 0, 1, 1, Receiving: 200), syntax: DicomUid.JPEGLSLossless)[0].Sentence.ShouldNotContain("Compressed without loss");
    }

    [Fact]
    public void Loss_broken_associations_one_association_an_image_and_little_PDUs_are_told()
    {
        var sentences = Of(new(90, 1, 0, 2), syntax: DicomUid.JPEGBaseline8Bit, associations: 90, aborted: 12, pduTaken: 4096).Select(verdict => verdict.Sentence).ToList();
        sentences.ShouldContain("CT 2 announces that it takes PDUs of 4 KB only: what it is sent goes in small pieces.");
        sentences.ShouldContain(sentence => sentence.StartsWith("CT 2 has sent 90 objects compressed with loss (JPEG Baseline (Process 1))", StringComparison.Ordinal));
        sentences.ShouldContain("12 of 90 associations of CT 2 within a week were broken off, the last one because nothing came for too long.");
        sentences.ShouldContain(sentence => sentence.StartsWith("CT 2 opens an association for each image", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_too_little_nothing_is_said() => Of(new(5, 1, 0, 2)).ShouldBe([new(false, "CT 2 has sent too little lately to judge its line.")]);

    /// <param name="Start">Milliseconds an object, as the others.</param>
    private sealed record Line(int Objects, double Start, double Wait, double Keep, double Receiving = 4);

    private static IReadOnlyList<LinkVerdict> Of(
        Line line, int lateWaits = 0, uint pduSent = 131072, uint pduTaken = 0, string syntax = DicomUid.ExplicitVRLittleEndian, int associations = 1, int aborted = 0)
    {
        TimeSpan Sum(double each) => TimeSpan.FromMilliseconds(each * line.Objects);
        var volume = new CallerVolume(associations, aborted, 3, line.Objects, 0, line.Objects * 500_000L,
            new(Sum(line.Start), Sum(line.Receiving), Sum(line.Keep), Sum(line.Wait), line.Objects, lateWaits));
        return new CallerLink(new(new("CT2", "CT 2", "10.0.0.2", "V", false, pduTaken, pduSent), Now, Now, Now, Now, "nothing came for too long"), volume, volume, [],
            [new("CT2", syntax, line.Objects, Now)]).Verdicts;
    }
}
