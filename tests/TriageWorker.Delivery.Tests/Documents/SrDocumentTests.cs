using TriageWorker.Dicom;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Delivery.Tests.Documents;

public sealed class SrDocumentTests : IDisposable
{
    private static readonly DeliveryOptions Options = new();
    private static readonly Predecessor Text = new(DicomUid.BasicTextSRStorage, "1.2.3", "1.2.3.4");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> SopClasses => [.. SrDocument.SopClasses];

    [Theory, MemberData(nameof(SopClasses))]
    public async Task Dciodvfy_finds_no_error_in_any_of_the_classes(string sopClass)
    {
        foreach (var input in (ReportInput[])[Sample.Positive(), Sample.Negative(), Sample.Positive(demonstration: true)])
            (await DciodvfyAsync(SrDocument.Build(input, Options, sopClass))).ShouldNotContain("Error");
    }

    [Fact]
    public async Task Real_headers_give_documents_without_an_error_that_is_not_the_images_own()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var faults = new List<string>();
        foreach (var series in Directory.EnumerateDirectories(Shared.At("data", "ct")))
        {
            var first = Directory.EnumerateFiles(series, "*.dcm", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
            var header = DicomFile.Read(first, DicomReadOptions.HeaderOnly).Dataset;
            var input = Sample.Positive(header: header) with { Study = new(header.GetString(DicomTag.StudyInstanceUID)!) };
            var own = ErrorsIn((await ExternalTool.RunAsync("dciodvfy", first)).Output).ToList(); // patient and study are copied as they are
            foreach (var document in (DicomFile[])[SrDocument.Build(input, Options), TextDocument.Build(input, Options)])
                faults.AddRange(ErrorsIn(await DciodvfyAsync(document)).Except(own).Select(line => $"{Path.GetFileName(series)}: {line}"));
        }
        faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_tree_says_what_was_found_by_what_and_what_it_may_be_used_for()
    {
        var tree = await DsrdumpAsync(SrDocument.Build(Sample.Positive(), Options));

        foreach (var node in (string[])
        [
            "<CONTAINER:(126000,DCM,\"Imaging Measurement Report\")=SEPARATE>",
            "  <has obs context CODE:(121005,DCM,\"Observer Type\")=(121007,DCM,\"Device\")>",
            "  <has concept mod CODE:(121058,DCM,\"Procedure reported\")=(25045-6,LN,\"CT unspecified body region\")>",
            "      <contains IMAGE:(260753009,SCT,\"Source\")=(CT image,)>",
            "      <contains NUM:(ZS_SCORE,99TRIAGE,\"Zero-shot score (uncalibrated)\")=\"0.1234\" (1,UCUM,\"no units\")>",
            "        <has concept mod TEXT:(111001,DCM,\"Algorithm Name\")=\"Merlin zero-shot\">",
            "        <has concept mod TEXT:(111002,DCM,\"Algorithm Parameters\")=\"policy=site 3;threshold=0.1000;band=0.0500;uncalibrated\">",
            "      <contains CODE:(276214006,SCT,\"Finding category\")=(CAT_FINDING,99TRIAGE,\"AI zero-shot imaging finding\")>",
            "      <contains CODE:(121071,DCM,\"Finding\")=(FREE_AIR,99TRIAGE,\"Free intraperitoneal air\")>",
            "      <has concept mod CODE:(363698007,SCT,\"Finding Site\")=(83670000,SCT,\"Peritoneal cavity\")>",
            "      <contains NUM:(RISK_5Y,99TRIAGE,\"Five-year risk (AI, not a diagnosis)\")=\"0.1700\" (1,UCUM,\"no units\")>",
            "    <contains CODE:(111017,DCM,\"CAD Processing and Findings Summary\")=(111242,DCM,\"All algorithms succeeded; with findings\")>",
            "    <contains CODE:(TRIAGE_PRIORITY,99TRIAGE,\"AI triage priority\")=(PRIO_HIGH,99TRIAGE,\"High\")>",
            "      <has properties TEXT:(TRIAGE_RULE,99TRIAGE,\"AI triage rule\")=\"Free air score 0.1234 >= 0.1000 (policy site 3)\">",
            $"    <contains TEXT:(USE_LIMITATION,99TRIAGE,\"Use limitation\")=\"{Sentences.UseLimitation}\">",
            "    <contains TEXT:(121106,DCM,\"Comment\")=\"Phenotypes listed: 20 of 40 (score >= 0.1500, max 20).\">",
        ])
            tree.ShouldContain(node);
    }

    [Fact]
    public async Task Presence_follows_the_approved_threshold_and_its_band()
    {
        var groups = (await DsrdumpAsync(SrDocument.Build(Sample.Positive(), Options))).Split("Measurement Group");
        Of("Free air").ShouldContain("(52101004,SCT,\"Present\")");
        Of("Ascites").ShouldContain("(373068000,SCT,\"Undetermined\")");
        Of("Splenomegaly").ShouldContain("=\"-0.5000\"");
        Of("Splenomegaly").ShouldContain("(272519000,SCT,\"Absent\")");
        Of("5-year risk: Diabetes mellitus").ShouldNotContain("Presence");

        string Of(string label) => groups.Where(group => group.Contains($"\"{label}\"", StringComparison.Ordinal)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_site_that_does_not_want_absence_said_gets_none() =>
        (await DsrdumpAsync(SrDocument.Build(Sample.Positive(), Options with { WriteAbsent = false }))).ShouldNotContain("Absent");

    [Theory, MemberData(nameof(SopClasses))]
    public async Task A_site_that_wants_key_slices_gets_one_for_each_finding_that_is_present_and_none_for_another(string sopClass)
    {
        var wanted = Options with { KeySlices = true };
        foreach (var frame in (int?[])[null, 3])
        {
            var input = Sample.Positive(Sample.WithAttention(frame));
            if (frame is not null) input = input with { Series = input.Series! with { Images = [.. input.Series!.Images.Select(image => image with { SopClassUid = DicomUid.EnhancedCTImageStorage })] } };
            var document = SrDocument.Build(input, wanted, sopClass);
            ErrorsIn(await DciodvfyAsync(document)).ShouldBeEmpty();
            var groups = (await DsrdumpAsync(document)).Split("Measurement Group");
            var group = groups.Where(each => each.Contains("\"Free air\"", StringComparison.Ordinal)).ShouldHaveSingleItem();
            group.ShouldContain("<contains TEXT:(121106,DCM,\"Comment\")=\"Model attention, not a location: slice 2 of 4 (z = -12 mm).\">");
            group.ShouldContain("<contains IMAGE:(121112,DCM,\"Source of Measurement\")=(");
            string.Concat(groups).Split("Model attention").Length.ShouldBe(2);
            var reference = document.Dataset.GetSequence(DicomTag.ContentSequence).SelectMany(Below).Single(item => item.GetString(DicomTag.ValueType) == "IMAGE" && item.GetSequence(DicomTag.ConceptNameCodeSequence)[0].GetString(DicomTag.CodeValue) == "121112");
            reference.GetSequence(DicomTag.ReferencedSOPSequence)[0].GetString(DicomTag.ReferencedSOPInstanceUID).ShouldBe(input.Series!.Images[1].SopInstanceUid);
            reference.GetSequence(DicomTag.ReferencedSOPSequence)[0].GetString(DicomTag.ReferencedFrameNumber).ShouldBe(frame?.ToString(System.Globalization.CultureInfo.InvariantCulture));
            (await DsrdumpAsync(TextDocument.Build(input, wanted))).ShouldContain("FLAGGED. Model attention, not a location: slice 2 of 4 (z = -12 mm).");
        }

        (await DsrdumpAsync(SrDocument.Build(Sample.Positive(Sample.WithAttention(null)), Options, sopClass))).ShouldNotContain("attention");

        static IEnumerable<DicomDataset> Below(DicomDataset item) =>
            item.Contains(DicomTag.ContentSequence) ? item.GetSequence(DicomTag.ContentSequence).SelectMany(Below).Prepend(item) : [item];
    }

    [Fact]
    public async Task A_negative_says_that_standard_care_goes_on()
    {
        var tree = await DsrdumpAsync(SrDocument.Build(Sample.Negative(), Options));
        tree.ShouldContain("(PRIO_NONE,99TRIAGE,\"No flag: standard care\")");
        tree.ShouldContain("(111241,DCM,\"All algorithms succeeded; without findings\")");
        tree.ShouldContain("None of 3 approved findings reached its threshold. (policy site 3)");
    }

    [Fact]
    public async Task A_demonstration_models_document_says_so_everywhere()
    {
        var document = SrDocument.Build(Sample.Positive(demonstration: true), Options);
        document.Dataset.GetString(DicomTag.SeriesDescription).ShouldBe("AI TRIAGE - DEMONSTRATION - UNVERIFIED - NO CLINICAL VALUE");
        document.Dataset.GetSequence(DicomTag.ContributingEquipmentSequence)[0].GetString(DicomTag.ContributionDescription).ShouldBe(Sentences.Demonstration);
        (await DsrdumpAsync(document)).ShouldContain($"\"{Sentences.Demonstration} It has no clinical value.\"");
    }

    [Fact]
    public void A_finding_without_a_score_makes_the_document_partial()
    {
        var set = SrDocument.Build(Sample.Positive(Sample.Scores(ascites: double.NaN)), Options).Dataset;
        set.GetString(DicomTag.CompletionFlag).ShouldBe("PARTIAL");
        SrDocument.Build(Sample.Positive(), Options).Dataset.GetString(DicomTag.CompletionFlag).ShouldBe("COMPLETE");
    }

    [Fact]
    public void Built_twice_it_is_the_same_bytes() =>
        Sample.Bytes(SrDocument.Build(Sample.Positive(), Options)).ShouldBe(Sample.Bytes(SrDocument.Build(Sample.Positive(), Options)));

    [Fact]
    public void The_uid_follows_what_is_said_and_not_when()
    {
        var input = Sample.Positive();
        var uid = UidOf(input);
        DicomUid.IsValid(uid).ShouldBeTrue();
        UidOf(input with { StartedAt = input.StartedAt.AddHours(1), DecidedAt = input.DecidedAt.AddHours(1) }).ShouldBe(uid);
        UidOf(Sample.Positive(Sample.Scores(freeAir: 0.1235))).ShouldNotBe(uid);
        UidOf(input with { Predecessor = Text, InstanceNumber = 2 }).ShouldNotBe(uid);
        UidOf(input with { Policy = Sample.Policy with { Digest = new string('d', 64) } }).ShouldNotBe(uid);
        UidOf(input with { Series = input.Series! with { Images = [.. input.Series!.Images.Skip(1)] } }).ShouldNotBe(uid);
        SrDocument.Build(input, Options, SrDocument.SopClasses[1]).Dataset.GetString(DicomTag.SOPInstanceUID).ShouldNotBe(uid);

        static string UidOf(ReportInput input) => SrDocument.Build(input, Options).Dataset.GetString(DicomTag.SOPInstanceUID)!;
    }

    [Fact]
    public void Patient_and_study_are_the_images_and_times_are_read_on_their_clock()
    {
        var set = DicomFile.Read(new MemoryStream(Sample.Bytes(SrDocument.Build(Sample.Positive(), Options)))).Dataset;
        set.GetString(DicomTag.SpecificCharacterSet).ShouldBe("ISO_IR 192");
        set.GetString(DicomTag.PatientName).ShouldBe("Müller^Jörg");
        set.GetString(DicomTag.StudyInstanceUID).ShouldBe(Sample.Study.Value);
        set.GetString(DicomTag.TimezoneOffsetFromUTC).ShouldBe("+0100");
        set.GetString(DicomTag.ContentDate).ShouldBe("20260102");
        set.GetString(DicomTag.ContentTime).ShouldBe("102500.250000");
        set.GetString(DicomTag.PreliminaryFlag).ShouldBe("PRELIMINARY");
        set.GetString(DicomTag.VerificationFlag).ShouldBe("UNVERIFIED");
    }

    [Theory]
    [InlineData("Asia/Kolkata", "+0530", "145500.250000")]
    [InlineData("America/St_Johns", "-0330", "055500.250000")]
    public void Images_without_a_time_zone_get_the_sites(string zone, string offset, string time)
    {
        var set = SrDocument.Build(Sample.Positive(header: Sample.Header(offset: null)) with { SiteZone = TimeZoneInfo.FindSystemTimeZoneById(zone) }, Options).Dataset;
        set.GetString(DicomTag.TimezoneOffsetFromUTC).ShouldBe(offset);
        set.GetString(DicomTag.ContentTime).ShouldBe(time);
    }

    [Fact]
    public void Without_any_time_zone_none_is_claimed() =>
        SrDocument.Build(Sample.Positive(header: Sample.Header(offset: null)), Options).Dataset.Contains(DicomTag.TimezoneOffsetFromUTC).ShouldBeFalse();

    [Fact]
    public void A_document_that_replaces_another_names_it()
    {
        var set = SrDocument.Build(Sample.Positive() with { Predecessor = Text, InstanceNumber = 2 }, Options).Dataset;
        var series = set.GetSequence(DicomTag.PredecessorDocumentsSequence)[0].GetSequence(DicomTag.ReferencedSeriesSequence)[0];
        series.GetString(DicomTag.SeriesInstanceUID).ShouldBe("1.2.3");
        var document = series.GetSequence(DicomTag.ReferencedSOPSequence)[0];
        document.GetString(DicomTag.ReferencedSOPClassUID).ShouldBe(DicomUid.BasicTextSRStorage);
        document.GetString(DicomTag.ReferencedSOPInstanceUID).ShouldBe("1.2.3.4");
    }

    [Fact]
    public void Two_installations_share_no_device_series_or_tracking_uid()
    {
        UidsOf(Sample.Positive()).Intersect(UidsOf(Sample.Positive() with { SerialNumber = "S2" })).ShouldBeEmpty();
        UidsOf(Sample.Positive()).ShouldBe(UidsOf(Sample.Positive(Sample.Scores(freeAir: 0.5))), "what a study's next document says of the same things");

        // The observer, everything tracked, the series.
        static IEnumerable<string?> UidsOf(ReportInput input)
        {
            var set = SrDocument.Build(input, Options).Dataset;
            return [set.GetString(DicomTag.SeriesInstanceUID), .. UidReferences(set)];
        }

        static IEnumerable<string?> UidReferences(DicomDataset item) =>
            item.GetSequence(DicomTag.ContentSequence).SelectMany(child => UidReferences(child)
                .Concat(child.GetString(DicomTag.UID) is { } uid && uid != Sample.Positive().Series!.FrameOfReferenceUid ? [uid] : []));
    }

    [Fact]
    public void The_order_is_what_the_request_says_and_else_what_the_image_says_itself()
    {
        var header = Sample.Header()
            .Set(DicomTag.RequestedProcedureDescription, "CT Abdomen with contrast").Set(DicomTag.PlacerOrderNumberImagingServiceRequest, "PLC777")
            .Set(DicomTag.FillerOrderNumberImagingServiceRequest, "FIL777").Set(DicomTag.RequestedProcedureID, "RP0");
        var alone = OrderOf(header);
        alone.GetString(DicomTag.AccessionNumber).ShouldBe("ACC1");
        alone.GetString(DicomTag.RequestedProcedureDescription).ShouldBe("CT Abdomen with contrast");
        alone.GetString(DicomTag.PlacerOrderNumberImagingServiceRequest).ShouldBe("PLC777");
        alone.GetString(DicomTag.FillerOrderNumberImagingServiceRequest).ShouldBe("FIL777");
        alone.GetString(DicomTag.RequestedProcedureID).ShouldBe("RP0");

        var requested = OrderOf(header.Set(DicomTag.RequestAttributesSequence,
            new DicomDataset().Set(DicomTag.RequestedProcedureID, "RP1").SetEmpty(DicomTag.RequestedProcedureDescription)));
        requested.GetString(DicomTag.RequestedProcedureID).ShouldBe("RP1");
        requested.GetString(DicomTag.RequestedProcedureDescription).ShouldBe("CT Abdomen with contrast", "the request leaves it empty");

        static DicomDataset OrderOf(DicomDataset header) =>
            SrDocument.Build(Sample.Positive(header: header), Options).Dataset.GetSequence(DicomTag.ReferencedRequestSequence).ShouldHaveSingleItem();
    }

    [Fact]
    public void The_model_is_another_device_when_its_weights_or_thresholds_change()
    {
        var device = DeviceOf(Sample.Positive());
        DeviceOf(Sample.Positive(Sample.Scores(package: Sample.Package with { Digest = new string('c', 64) }))).ShouldNotBe(device);
        DeviceOf(Sample.Positive() with { Policy = Sample.Policy with { Digest = new string('d', 64) } }).ShouldNotBe(device);

        static string DeviceOf(ReportInput input) =>
            SrDocument.Build(input, Options).Dataset.GetSequence(DicomTag.ContributingEquipmentSequence)[0].GetString(DicomTag.DeviceUID)!;
    }

    [Fact]
    public void A_study_that_was_not_analysed_has_no_structured_report() =>
        Should.Throw<ArgumentException>(() => SrDocument.Build(Sample.NotAnalysed(), Options));

    [Fact]
    public async Task Dciodvfy_finds_no_error_in_the_text_document()
    {
        foreach (var input in (ReportInput[])[Sample.Positive(), Sample.Negative(), Sample.NotAnalysed(), Sample.Positive(demonstration: true)])
            (await DciodvfyAsync(TextDocument.Build(input, Options))).ShouldNotContain("Error");
    }

    [Fact]
    public async Task The_text_document_says_the_same_in_words()
    {
        var tree = await DsrdumpAsync(TextDocument.Build(Sample.Positive(), Options));
        tree.ShouldContain("<contains TEXT:(TRIAGE_RULE,99TRIAGE,\"AI triage rule\")=\"High: Free air score 0.1234 >= 0.1000 (policy site 3)\">");
        tree.ShouldContain("<contains TEXT:(121071,DCM,\"Finding\")=\"Free air: score 0.1234, threshold 0.1000 - FLAGGED\">");
        tree.ShouldContain("\"Ascites: score 0.1700, threshold 0.2000\"");
        tree.ShouldContain(Sentences.UseLimitation);
    }

    [Fact]
    public async Task The_text_document_says_why_a_study_was_not_analysed()
    {
        var document = TextDocument.Build(Sample.NotAnalysed(), Options);
        document.Dataset.GetString(DicomTag.CompletionFlag).ShouldBe("PARTIAL");
        var tree = await DsrdumpAsync(document);
        tree.ShouldContain("<contains TEXT:(TRIAGE_RULE,99TRIAGE,\"AI triage rule\")=\"Not analysed because the images are localizers (scouts).\">");
        tree.ShouldNotContain("(121071,DCM", Case.Sensitive, "nothing was found");
        tree.ShouldContain(Sentences.UseLimitation);
    }

    [Fact]
    public async Task The_text_document_says_a_verdict_again_that_later_images_could_not_change()
    {
        const string Sentence = "Free air 0.1234 (threshold 0.1000). Later images were not analysed because the slices have gaps.";
        (await DsrdumpAsync(TextDocument.Build(Sample.NotAnalysed() with { Sentence = Sentence, Flags = Sample.Positive().Flags }, Options)))
            .ShouldContain($"(TRIAGE_RULE,99TRIAGE,\"AI triage rule\")=\"High: {Sentence}\"");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_series_says_in_its_name_that_it_is_unverified(bool demonstration)
    {
        foreach (var document in (DicomFile[])[SrDocument.Build(Sample.Positive(demonstration: demonstration), Options), TextDocument.Build(Sample.Positive(demonstration: demonstration), Options)])
        {
            var name = document.Dataset.GetString(DicomTag.SeriesDescription).ShouldNotBeNull();
            name.ShouldStartWith("AI ");
            name.ShouldContain("UNVERIFIED");
            name.Contains("DEMONSTRATION - UNVERIFIED - NO CLINICAL VALUE", StringComparison.Ordinal).ShouldBe(demonstration);
            name.Length.ShouldBeLessThanOrEqualTo(64); // LO
        }
    }

    [Fact]
    public async Task Pixelmed_knows_the_template()
    {
        const string Jar = "/usr/share/java/pixelmed.jar";
        Assert.SkipUnless(File.Exists(Jar), "PixelMed is not installed (Debian: pixelmed-apps).");
        var path = Write(SrDocument.Build(Sample.Positive(), Options));
        var said = await ExternalTool.RunAsync("java", "-Djdk.xml.xpathExprOpLimit=0", "-Djdk.xml.xpathExprGrpLimit=0", "-Djdk.xml.xpathTotalOpLimit=0",
            "-cp", Jar, "com.pixelmed.validate.DicomSRValidator", path);
        said.Output.ShouldContain("Found Root Template TID_1500 (MeasurementReport)");
        said.Output.Split('\n').Where(line => line.StartsWith("Error", StringComparison.Ordinal) && !line.Contains("818981001", StringComparison.Ordinal)).ShouldBeEmpty(); // its code list is of 2022
    }

    private async Task<string> DciodvfyAsync(DicomFile document)
    {
        var said = (await ExternalTool.RunAsync("dciodvfy", Write(document))).Output;
        said.ShouldMatch("(?m)^(Comprehensive3DSR|ComprehensiveSR|EnhancedSR|BasicTextSR)$"); // the object it has checked
        return said;
    }

    private static IEnumerable<string> ErrorsIn(string said) => said.Split('\n').Where(line => line.StartsWith("Error", StringComparison.Ordinal));

    private async Task<string> DsrdumpAsync(DicomFile document) => (await ExternalTool.RunAsync("dsrdump", "+Pc", "+Pl", Write(document))).Expect().Output;

    private string Write(DicomFile document)
    {
        var path = _folder.At(Path.GetRandomFileName());
        document.Write(path);
        return path;
    }
}
