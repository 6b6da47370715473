using TriageWorker.Dicom.Matching;

namespace TriageWorker.Dicom.Tests.Matching;

public sealed class MatchTests
{
    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData(" ** ")]
    public void Nothing_and_a_star_want_everything(string text) =>
        Read(DicomTag.PatientName, text).ShouldBeOfType<AttributeMatch.Any>().Takes([], DicomVR.PN).ShouldBeTrue();

    [Theory]
    [InlineData("DOE*", "DOE^JANE", true)]
    [InlineData("doe*", "DOE^JANE", true)] // names without regard to case
    [InlineData("*JANE", "DOE^JANE", true)]
    [InlineData("*O*J?NE*", "DOE^JANE", true)]
    [InlineData("D?E^J*", "DOE^JANE", true)]
    [InlineData("D?OE*", "DOE^JANE", false)]
    [InlineData("DOE", "DOE^JANE", false)]
    [InlineData("DOE^JANE*", "DOE^JANE", true)]
    [InlineData("*A*A*A*A*A*A*A*A*A*A*B", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false)] // soon, however many stars
    public void Stars_stand_for_any_text_and_question_marks_for_one_letter(string pattern, string name, bool takes) =>
        Read(DicomTag.PatientName, pattern).Takes([name], DicomVR.PN).ShouldBe(takes);

    [Theory]
    [InlineData("20250301", "20250301", true)]
    [InlineData("20250301-20250331", "20250331", true)]
    [InlineData("20250301-20250331", "20250401", false)]
    [InlineData("-20250331", "19990101", true)]
    [InlineData("20250301-", "20250228", false)]
    public void Dates_match_as_days_and_as_ranges_with_both_ends(string wanted, string date, bool takes) =>
        Read(DicomTag.StudyDate, wanted).Takes([date], DicomVR.DA).ShouldBe(takes);

    [Theory]
    [InlineData("09", "095959.5", true)]
    [InlineData("0930", "093059", true)]
    [InlineData("0930", "0931", false)]
    [InlineData("093015", "093015.25", true)]
    [InlineData("0800-12", "123000", true)] // the whole hour
    [InlineData("0800-1200", "120100", false)]
    public void Times_match_as_far_as_they_are_given(string wanted, string time, bool takes) => Read(DicomTag.StudyTime, wanted).Takes([time], DicomVR.TM).ShouldBe(takes);

    [Fact]
    public void Uids_and_codes_come_as_lists_with_commas_or_backslashes()
    {
        Read(DicomTag.StudyInstanceUID, "1.2,1.3\\1.4").ShouldBeOfType<AttributeMatch.OneOf>().Values.ShouldBe(["1.2", "1.3", "1.4"]);
        Read(DicomTag.ModalitiesInStudy, "CT,SR").ShouldBeOfType<AttributeMatch.OneOf>().Values.ShouldBe(["CT", "SR"]);
        Read(DicomTag.PatientID, "A,B").ShouldBeOfType<AttributeMatch.OneOf>().Values.ShouldBe(["A,B"]); // a comma is text here
    }

    [Fact]
    public void Numbers_match_by_value() => Read(DicomTag.SeriesNumber, "2").Takes(["+02"], DicomVR.IS).ShouldBeTrue();

    [Theory]
    [InlineData(0x00080020u, "2025")]
    [InlineData(0x00080020u, "20250301-20250302-20250303")]
    [InlineData(0x00080020u, "-")]
    [InlineData(0x00080020u, "2025*")]
    [InlineData(0x00080030u, "9")]
    [InlineData(0x00080030u, "0930.5")]
    [InlineData(0x0020000Du, "1.2,abc")]
    [InlineData(0x0020000Du, "1.2*")] // UIDs have no wild cards (PS3.4, C.2.2.2.4)
    [InlineData(0x00400275u, "x")] // a sequence
    [InlineData(0x00091001u, "x")] // private
    public void What_the_value_representation_cannot_hold_is_refused_with_words(uint tag, string text) =>
        MatchReader.TryRead(new DicomTag(tag), text, out _).ShouldNotBeNullOrEmpty();

    private static AttributeMatch Read(DicomTag tag, string text)
    {
        MatchReader.TryRead(tag, text, out var match).ShouldBeNull();
        return match;
    }
}
