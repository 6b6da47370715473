using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Web.Tests;

/// <summary>Names, numbers and places as people read them.</summary>
public sealed class TextTests
{
    [Theory]
    [InlineData(1, "1st"), InlineData(2, "2nd"), InlineData(3, "3rd"), InlineData(4, "4th"), InlineData(11, "11th"), InlineData(12, "12th")]
    [InlineData(13, "13th"), InlineData(21, "21st"), InlineData(111, "111th"), InlineData(122, "122nd"), InlineData(1000, "1000th")]
    public void Positions_are_written_as_they_are_spoken(long position, string spoken) => Ordinal.Of(position).ShouldBe(spoken);

    [Theory]
    [InlineData("DOE^JANE", "DOE, JANE")]
    [InlineData("DOE^JANE^MARY^DR^MD", "DOE, JANE MARY")]
    [InlineData("DOE", "DOE")]
    [InlineData("^JANE", "JANE")]
    [InlineData("DOE^", "DOE")]
    [InlineData("Yamada^Tarou=山田^太郎=やまだ^たろう", "Yamada, Tarou · 山田, 太郎 · やまだ, たろう")]
    [InlineData("=山田^太郎", "山田, 太郎")]
    [InlineData("  ", null)]
    [InlineData("^^^^", null)]
    [InlineData(null, null)]
    public void Names_are_written_family_name_first(string? dicom, string? written) => PersonName.Read(dicom).ShouldBe(written);

    [Theory]
    [InlineData("20250301", "2025-03-01")]
    [InlineData("2025", "2025")] // what is no date is shown as it is
    [InlineData("", null)]
    public void Dates_are_written_with_dashes(string dicom, string? written) => DicomDate.Read(dicom).ShouldBe(written);

    [Theory]
    [InlineData(-5, "0 s"), InlineData(42, "42 s"), InlineData(60, "1 min"), InlineData(3599, "59 min"), InlineData(3600, "1 h 00 min"), InlineData(90061, "1 d 1 h")]
    public void Waiting_times_have_their_two_leading_units(int seconds, string written) => SiteClock.Span(TimeSpan.FromSeconds(seconds)).ShouldBe(written);

    [Fact]
    public void Figures_of_the_input_are_said_in_words_and_none_is_hidden()
    {
        Dictionary<string, double> figures = new()
        {
            ["slices"] = 80, ["sliceSpacing"] = 6, ["coverage"] = 480, ["abdomen"] = 236, ["tiltDegrees"] = 12.04, ["bodyOutsidePercent"] = 21.37,
            ["cutLeft"] = 60, ["cutRight"] = 0, ["cutSuperior"] = 64.2, ["newFigure"] = 3.5,
        };

        InputFigures.Say(figures).ShouldBe(
            "80 slices every 6 mm cover 480 mm; 236 mm of the abdomen are in view; gantry tilted by 12°; 21.4 % of the body in them lies outside the model's field; "
            + "the field leaves out of the images 60 mm at the left, 64 mm towards the head; newFigure 3.5");
        InputFigures.Warning(figures).ShouldBe("The model did not see 21 % of the body in these images: its field is smaller than the patient.");
        InputFigures.Say(new Dictionary<string, double> { ["bodyOutsidePercent"] = 0 }).ShouldBe("all of the body in them lies within the model's field");
        InputFigures.Say(new Dictionary<string, double>()).ShouldBeNull();
        InputFigures.Warning(new Dictionary<string, double> { ["bodyOutsidePercent"] = 4.9 }).ShouldBeNull();
    }

    [Theory]
    [InlineData(0.5, "0.50"), InlineData(-0.126, "−0.13"), InlineData(double.NaN, "no number"), InlineData(double.PositiveInfinity, "no number")]
    public void Scores_keep_their_places(double score, string written) => Number.Two(score).ShouldBe(written);

    [Fact]
    public void A_place_in_the_list_survives_its_address()
    {
        var place = new WorklistCursor(true, new(2025, 3, 1, 10, 4, 5, 678, TimeSpan.Zero), new("1.2.826.0.1.3680043"));

        WorklistPosition.TryRead(WorklistPosition.Write(place), out var read).ShouldBeTrue();
        read.ShouldBe(place);
    }

    [Fact]
    public void A_place_at_a_study_that_no_database_can_hold_is_none() =>
        WorklistPosition.TryRead(WorklistPosition.Write(new(false, new(2025, 3, 1, 0, 0, 0, TimeSpan.Zero), new("1.2\0"))), out _).ShouldBeFalse();

    [Fact]
    public void No_text_but_its_own_is_a_place_and_none_throws()
    {
        var random = new Random(5);
        var own = WorklistPosition.Write(new(false, new(2025, 3, 1, 0, 0, 0, TimeSpan.Zero), new("1.2.3")));
        for (var round = 0; round < 5_000; round++)
        {
            var damaged = own.ToCharArray();
            damaged[random.Next(damaged.Length)] = (char)random.Next(0, 300);
            if (WorklistPosition.TryRead(new string(damaged), out var place)) place.ShouldNotBeNull();
        }

        WorklistPosition.TryRead("", out _).ShouldBeFalse();
        WorklistPosition.TryRead(new string('A', 5_000), out _).ShouldBeFalse();
    }

    [Fact]
    public void All_scores_and_thresholds_lie_on_the_axis_in_their_order()
    {
        var scale = new ScoreScale([Finding(-0.4, 0.1), Finding(1.7, null), Finding(double.NaN, 0.2)]);

        var places = new[] { -0.4, 0, 0.1, 0.2, 1.7 }.Select(score => double.Parse(scale.At(score)!, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        places.ShouldBeInOrder(SortDirection.Ascending);
        places.ShouldAllBe(place => place > 0 && place < ScoreScale.Width);
        scale.At(double.NaN).ShouldBeNull();
        new ScoreScale([]).At(0).ShouldNotBeNull();
    }

    [Fact]
    public void A_flag_that_moved_nothing_is_not_said_to_have_moved()
    {
        var flag = new Flag("free_air", "Free air", FlagLevel.High, 0.9, 0.5);
        var sentence = new Outcome.Positive([flag]).Sentence;
        var entry = new WorklistEntry("1.2", 1, 1, StudyState.Positive, FlagLevel.High, sentence, [flag], false, OrderClass.Routine, default);

        entry.Moved.ShouldBeNull();
        entry.Remark.ShouldBeNull();
        (entry with { PositionWithoutFlag = 14 }).Moved.ShouldBe("was 14th, now 1st, because of free air");
        (entry with { Because = Sentences.Then(sentence, "Lowered from high: newer images were scored.") }).Remark.ShouldBe("Lowered from high: newer images were scored.");
    }

    private static FindingView Finding(double score, double? threshold) => new("k", "label", score, threshold, FlagLevel.None);
}
