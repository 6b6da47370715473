using TriageWorker.Dicom;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Series;

namespace TriageWorker.Imaging.Tests.Series;

public sealed class SeriesSelectionTests
{
    private static string Refusal(SliceHeader[] series) => Headers.Select(series) is { Chosen: null, Verdicts: [var only] } ? only.Because : "chosen";

    [Fact]
    public void A_good_series_is_chosen_and_described()
    {
        var selection = Headers.Select(Headers.Stack());

        selection.Chosen.ShouldNotBeNull().Slices.ShouldBe(64);
        selection.Verdicts.ShouldBe([new SeriesVerdict("2.25.1", "CT", 64, true, "64 original slices every 1 mm cover 64 mm, kernel not given")]);
    }

    [Theory]
    [InlineData(DicomUid.JPEG2000Lossless, "the pixels are JPEG 2000 compressed and the decoder is not installed (none is set up)")]
    [InlineData(DicomUid.JPEGLSLossless, "the pixels are JPEG-LS compressed and the decoder is not installed (none is set up)")]
    [InlineData(DicomUid.RLELossless, "the pixels are run-length compressed and the decoder is not installed (none is set up)")]
    [InlineData(DicomUid.JPEGLosslessSV1, "the pixels are JPEG compressed and the decoder is not installed (none is set up)")]
    [InlineData(DicomUid.JPEG2000, "the pixels are lossy (JPEG 2000 compressed)")]
    [InlineData(DicomUid.JPEGBaseline8Bit, "the pixels are lossy (JPEG compressed)")]
    [InlineData("1.2.3", "the pixels are stored as 1.2.3 and the decoder is not installed (none is set up)")]
    public void Pixels_that_cannot_be_decoded_here_are_refused_by_name(string syntax, string reason) =>
        Refusal(Headers.Stack().Each(s => s.With(p => p with { TransferSyntax = syntax }))).ShouldBe(reason);

    [Fact]
    public void Pixels_that_were_once_lossy_are_refused_unless_the_site_allows_it()
    {
        var series = Headers.Stack().Each(s => s.With(p => p with { WasLossy = true }));

        Refusal(series).ShouldBe("the pixels have been through lossy compression");
        Headers.Select(new SeriesNeeds { AllowLossy = true }, series).Chosen.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("A", null, "B", null, "its images name 2 different patient IDs")]
    [InlineData("A", "19700101", "A", "19700102", "its images name 2 different birth dates")]
    public void A_study_that_names_two_patients_is_not_read(string id, string? birth, string otherId, string? otherBirth, string reason)
    {
        var one = Headers.Stack().Each(s => s with { Patient = new(id, null, birth) });
        var other = Headers.Stack().Each(s => s with { Patient = new(otherId, null, otherBirth), SeriesUid = "2.25.2", SopUid = $"{s.SopUid}.2" });

        var selection = Headers.Select([.. one, .. other]);

        selection.Chosen.ShouldBeNull();
        selection.Verdicts.Select(verdict => verdict.Because).ShouldBe([reason, reason]);
        selection.WhyNone().ShouldBe($"{reason} (128 images).");
    }

    [Fact]
    public void What_an_image_does_not_say_of_its_patient_contradicts_nothing() =>
        Headers.Select([.. Headers.Stack(32).Each(s => s with { Patient = new("A", null, "19700101") }), .. Headers.Stack().Skip(32).Select(s => s with { Patient = new("A", "HOSPITAL", null) })])
            .Chosen.ShouldNotBeNull();

    [Fact]
    public void An_MR_series_is_not_CT() =>
        Refusal(Headers.Stack().Each(s => s with { Modality = "MR", SopClass = DicomUid.MRImageStorage })).ShouldBe("the images are MR, not CT");

    [Fact]
    public void A_localizer_alone_is_refused() =>
        Refusal(Headers.Stack(2).Each(s => s with { ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"] })).ShouldBe("the images are localizers (scouts)");

    [Fact]
    public void A_localizer_within_the_series_is_set_aside_and_said()
    {
        var scout = Headers.Slice(99, 0) with { ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"], RowDirection = new Vector3d(1, 0, 0), ColumnDirection = new Vector3d(0, 0, -1) };

        var selection = Headers.Select([.. Headers.Stack(), scout]);

        selection.Chosen.ShouldNotBeNull().Slices.ShouldBe(64);
        selection.Verdicts[0].Because.ShouldEndWith("; 1 localizer image set aside");
    }

    [Fact]
    public void A_truncated_slice_is_refused_with_what_is_there() =>
        Refusal(Headers.Stack().At(7, s => s.With(p => p with { Present = 516_810 }))).ShouldBe("in 1 of 64 slices pixel data is cut short: 516810 of 524288 bytes");

    [Theory]
    [InlineData(40, true)]
    [InlineData(39, false)]
    public void A_thin_slab_is_refused(int slices, bool chosen)
    {
        var selection = Headers.Select(Headers.Stack(slices));

        (selection.Chosen is not null).ShouldBe(chosen);
        if (!chosen) selection.WhyNone().ShouldBe("too little coverage: 39 mm of 40 mm needed (39 images).");
    }

    [Theory]
    [InlineData(17.9, "the patient is 17 years old and the model reads no one under 18")]
    [InlineData(0.2, "the patient is less than a year old and the model reads no one under 18")]
    [InlineData(18.0, null)]
    [InlineData(null, null)]
    public void Children_are_refused_and_an_unknown_age_is_not(double? age, string? reason)
    {
        var selection = Headers.Select(Headers.Stack().Each(s => s with { AgeYears = age }));

        if (reason is null) selection.Chosen.ShouldNotBeNull();
        else selection.Verdicts.Single().Because.ShouldBe(reason);
    }

    [Fact]
    public void Of_several_stacks_in_a_series_the_best_is_chosen()
    {
        SliceHeader[] arterial = [.. Headers.Stack(64).Each(s => s with { Acquisition = 1 })];
        SliceHeader[] venous = [.. Headers.Stack(60).Each(s => s with { Acquisition = 2, SopUid = $"{s.SopUid}.2" })];

        var selection = Headers.Select([.. venous, .. arterial]);

        selection.Chosen.ShouldNotBeNull().Geometry.Slices.ShouldAllBe(slice => slice.Acquisition == 1);
        selection.Verdicts.ShouldHaveSingleItem().Because.ShouldBe("64 original slices every 1 mm cover 64 mm, kernel not given; the best of 2 stacks in the series");
    }

    [Fact]
    public void Frames_belong_together_by_their_stack_and_images_by_their_orientation()
    {
        SliceHeader[] axial = Headers.Stack(64), tilted = [.. Headers.Stack(70).Each(s => s with { ColumnDirection = new(0, 0.96, 0.28), SopUid = $"{s.SopUid}.2" })];
        Headers.Select([.. tilted, .. axial]).Chosen.ShouldNotBeNull().Stacks.ShouldBe(2);
        Headers.Select([.. Headers.Stack(40).Each(s => s with { Stack = "1" }), .. Headers.Stack(64).Each(s => s with { Stack = "2", SopUid = $"{s.SopUid}.2" })])
            .Chosen.ShouldNotBeNull().Geometry.Slices.ShouldAllBe(slice => slice.Stack == "2");
    }

    [Fact]
    public void What_no_number_explains_is_not_told_apart()
    {
        SliceHeader[] twice = [.. Headers.Stack(64), .. Headers.Stack(64).Each(s => s with { SopUid = $"{s.SopUid}.2" })];
        Refusal(twice).ShouldBe("64 of 128 slices lie at the place of another slice");
        Refusal([.. twice.Select((slice, n) => slice with { Acquisition = n % 2 })]).ShouldBe("64 of 128 slices lie at the place of another slice");
    }

    [Fact]
    public void Other_refusals_name_their_cause()
    {
        Refusal(Headers.Stack().Each(s => s with { Modality = null })).ShouldBe("the images name no modality");
        Refusal(Headers.Stack().Each(s => s with { SopClass = DicomUid.SecondaryCaptureImageStorage })).ShouldBe("the images are secondary captures (screenshots), not CT");
        Refusal(Headers.Stack().Each(s => s with { SopClass = DicomUid.PositronEmissionTomographyImageStorage })).ShouldBe("it is no CT image but Positron Emission Tomography Image Storage");
        Refusal(Headers.Stack().Each(s => s with { RescaleType = "Z_EFF" })).ShouldBe("the values are Z_EFF, not HU");
        Refusal(Headers.Stack().Each(s => s with { ImageType = ["DERIVED", "SECONDARY", "AXIAL", "MIP"] })).ShouldBe("the images are a rendering (MIP), not slices");
        Refusal(Headers.Stack().Each(s => s.With(p => p with { Rescale = null }))).ShouldBe("there is no usable rescale slope and intercept, so the values are not Hounsfield units");
        Refusal(Headers.Stack().Each(s => s.With(p => p with { HasPixelData = false, Offset = null }))).ShouldBe("there is no pixel data");
        Refusal(Headers.Stack().Each(s => s.With(p => p with { BitsAllocated = 8 }))).ShouldBe("8 bits are allocated to a pixel, not 16");
        Refusal(Headers.Stack().Each(s => s.With(p => p with { HighBit = 10 }))).ShouldBe("12 bits stored up to bit 10 do not fit 16 bits");
        Refusal(Headers.Stack().Each(s => s.With(p => p with { SamplesPerPixel = 3, Photometric = "RGB" }))).ShouldBe("the pixels are RGB, not MONOCHROME2");
        Refusal(Headers.Stack().Each(s => s.With(p => p with { Frames = 30 }))).ShouldBe("a file of 30 frames does not say where each of them lies");
        Refusal(Headers.Stack(8, 15)).ShouldBe("slices stand 15 mm apart, 10 mm at most are allowed");
    }

    [Fact]
    public void Series_without_UIDs_are_judged_all_the_same() =>
        Headers.Select(Headers.Stack().Each(s => s with { SeriesUid = null, StudyUid = null, SopUid = null, SopClass = null })).Chosen.ShouldNotBeNull().Slices.ShouldBe(64);

    [Fact]
    public void An_image_that_came_twice_counts_once() =>
        Headers.Select([.. Headers.Stack(), .. Headers.Stack()]).Chosen.ShouldNotBeNull().Slices.ShouldBe(64);

    [Fact]
    public void A_study_without_any_readable_series_lists_the_reasons()
    {
        var mr = Headers.Stack(3, series: "2.25.2").Each(s => s with { Modality = "MR" });

        Headers.Select(Headers.Stack(20), mr).WhyNone().ShouldBe(
            "no series can be read: too little coverage: 20 mm of 40 mm needed (20 images); the images are MR, not CT (3 images).");
        Headers.Select(mr, Headers.Stack(4, series: "2.25.3").Each(s => s with { Modality = "MR" })).WhyNone().ShouldBe("the images are MR, not CT (7 images).");
        Headers.Select([]).WhyNone().ShouldBe("the study has no images.");
    }

    [Theory]
    [InlineData("the images are a rendering (MIP), not slices", "DERIVED", "SECONDARY", "AXIAL", "MIP")]
    [InlineData("the images are a rendering (VOLUME_RENDER), not slices", "DERIVED", "PRIMARY", "VOLUME", "VOLUME_RENDER")]
    [InlineData("the images are a page of dose figures or a screenshot (DOSE_INFO), not slices", "DERIVED", "SECONDARY", "DOSE_INFO")]
    [InlineData("the images are a page of dose figures or a screenshot (SCREEN SAVE), not slices", "DERIVED", "SECONDARY", "SCREEN SAVE")]
    [InlineData("the images are a page of dose figures or a screenshot (CT_SOM5 PROT), not slices", "DERIVED", "SECONDARY", "OTHER", "CT_SOM5 PROT")]
    [InlineData("the images show computed values (PERFUSION), not HU", "DERIVED", "PRIMARY", "PERFUSION", "RCBF")]
    [InlineData("the images are localizers (scouts)", "ORIGINAL", "PRIMARY", "LOCALIZER")]
    public void What_is_no_slice_is_known_by_its_image_type(string reason, params string[] type) =>
        Refusal(Headers.Stack().Each(s => s with { ImageType = type })).ShouldBe(reason);

    [Theory]
    [InlineData("PT", "the images are PET, not CT")]
    [InlineData("OT", "the images are OT, not CT")]
    [InlineData("SR", "it holds structured reports (SR), not images")]
    [InlineData("RTSTRUCT", "it holds structure sets (RTSTRUCT), not images")]
    [InlineData("SEG", "it holds segmentations (SEG), not images")]
    public void What_stands_beside_CT_in_a_study_is_called_by_its_name(string modality, string reason) =>
        Refusal(Headers.Stack().Each(s => s with { Modality = modality, SopClass = "1.2.3" })).ShouldBe(reason);

    [Fact]
    public void Slices_along_the_body_are_not_axial()
    {
        Refusal([.. Enumerable.Range(0, 64).Select(k => Headers.Slice(k, 0) with { Position = new(-200, k, 100), RowDirection = new(1, 0, 0), ColumnDirection = new(0, 0, -1) })])
            .ShouldBe("the slices are coronal, not axial");
        Refusal([.. Enumerable.Range(0, 64).Select(k => Headers.Slice(k, 0) with { Position = new(k, -200, 100), RowDirection = new(0, 1, 0), ColumnDirection = new(0, 0, -1) })])
            .ShouldBe("the slices are sagittal, not axial");
    }

    [Fact]
    public void Slices_too_thick_too_far_apart_or_too_thin_for_their_distance_are_refused()
    {
        SliceHeader[] Thick(int slices, double spacing, double thickness) => Headers.Stack(slices, spacing).Each(s => s with { ThicknessMm = thickness });

        Refusal(Thick(64, 2, 12)).ShouldBe("slices are 12 mm thick, 10 mm at most are allowed");
        Refusal(Thick(10, 10, 1)).ShouldBe("slices of 1 mm stand 10 mm apart, so that most of the body between them was not imaged");
        Refusal(Thick(10, 10, 5)).ShouldBe("chosen");
        Refusal(Thick(64, 2.5, 0.625)).ShouldBe("chosen");
        Headers.Select(new SeriesNeeds { MaxSpacingMm = 4 }, Thick(64, 5, 5)).WhyNone().ShouldBe("slices stand 5 mm apart, 4 mm at most are allowed (64 images).");
    }

    [Fact]
    public void A_series_is_described_with_all_that_speaks_for_and_against_it()
    {
        SliceHeader[] series = Headers.Stack(64).Each(s => s with { ThicknessMm = 3, Kernel = "B70f", ImageType = ["DERIVED", "SECONDARY", "MPR"] }).Each(s => s.With(p => p with { WasLossy = true }));

        Headers.Select(new SeriesNeeds { AllowLossy = true }, series).Verdicts.Single().Because
            .ShouldBe("64 reformatted slices of 3 mm thickness every 1 mm cover 64 mm, sharp kernel B70f, through lossy compression");
        Headers.Select(Headers.Stack().Each(s => s with { ImageType = [], Kernel = "B30f" })).Verdicts.Single().Because.ShouldBe("64 slices every 1 mm cover 64 mm, soft kernel B30f");
    }

    [Fact]
    public void A_little_more_coverage_does_not_outweigh_a_better_series() =>
        Headers.Select(Headers.Stack(210, series: "2.25.0").Each(s => s with { Kernel = "BONE" }), Headers.Stack(200)).Chosen.ShouldNotBeNull().SeriesUid.ShouldBe("2.25.1");

    public static TheoryData<string, SliceHeader[], string> Lesser => new()
    {
        { "coverage", Headers.Stack(100, 1, series: "2.25.0"), "it covers 100 mm, the chosen one 200 mm" },
        { "derived", Headers.Stack(200, 1, series: "2.25.0").Each(s => s with { ImageType = ["DERIVED", "PRIMARY"] }), "it is derived, the chosen one original" },
        { "sharp", Headers.Stack(200, 1, series: "2.25.0").Each(s => s with { Kernel = "B70f" }), "its kernel is sharp, the chosen one's soft" },
        { "reformatted", Headers.Stack(200, 1, series: "2.25.0").Each(s => s with { ImageType = ["DERIVED", "SECONDARY", "MPR"] }), "it is reformatted, the chosen one original" },
        { "of nowhere", Headers.Stack(200, 1, series: "2.25.0").Each(s => s with { ImageType = [] }), "it does not say where it comes from, the chosen one original" },
        { "thick", Headers.Stack(200, 1, series: "2.25.0").Each(s => s with { ThicknessMm = 5 }), "its slices are 5 mm thick, the chosen one's 1 mm" },
        { "coarse", Headers.Stack(40, 5, series: "2.25.0"), "its slices stand 5 mm apart, the chosen one's 1 mm" },
        { "fewer", Headers.Stack(100, 2, series: "2.25.0"), "it has 100 slices, the chosen one 200" },
        { "equal", Headers.Stack(200, 1, series: "2.25.3"), "it is as good as the chosen one, which comes first by its UID" },
    };

    [Theory]
    [MemberData(nameof(Lesser))]
    public void The_better_of_two_series_is_chosen_and_the_other_told_why(string kind, SliceHeader[] lesser, string why)
    {
        var selection = Headers.Select(lesser, Headers.Stack(200));

        selection.Chosen.ShouldNotBeNull(kind).SeriesUid.ShouldBe("2.25.1");
        selection.Verdicts.Single(v => !v.IsChosen).Because.ShouldEndWith(why);
    }

    [Theory]
    [InlineData("B30f", false)]
    [InlineData("B80s", true)]
    [InlineData("Br40d", false)]
    [InlineData("Bl64", true)]
    [InlineData("I26f", false)]
    [InlineData("STANDARD", false)]
    [InlineData("LUNG", true)]
    [InlineData("BONEPLUS", true)]
    [InlineData("FC08", false)]
    [InlineData("FC52", true)]
    [InlineData("FC18", false)]
    [InlineData("YB", true)]
    [InlineData("C", false)]
    [InlineData(null, false)]
    [InlineData("??", false)]
    public void Sharp_kernels_are_known_by_their_makers_names(string? kernel, bool sharp) => ReconstructionKernel.IsSharp(kernel).ShouldBe(sharp);

    [Theory]
    [InlineData("043Y", 43.0)]
    [InlineData("006M", 0.5)]
    [InlineData("Y", null)]
    [InlineData("04xY", null)]
    [InlineData("-43Y", null)]
    [InlineData("", null)]
    public void Ages_are_read_as_the_standard_writes_them(string text, double? years) => PatientAge.Stated(text).ShouldBe(years);

    [Fact]
    public void Without_a_stated_age_a_birthday_counts_on_its_day()
    {
        DicomDataset Born(string date) => new DicomDataset().Set(DicomTag.PatientBirthDate, date).Set(DicomTag.StudyDate, "20240301");

        PatientAge.Of(Born("20060301")).ShouldBe(18);
        PatientAge.Of(Born("20060302")).ShouldBe(17);
        PatientAge.Of(Born("20250101")).ShouldBeNull(); // born after the study: nothing is known
        PatientAge.Of(Born("20240301").Set(DicomTag.PatientAge, "061Y")).ShouldBe(61); // the date is a de-identifier's
    }
}
