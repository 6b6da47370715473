using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Delivery.Tests;

public sealed class DeliverNextDueTests(DeliveryFixture fixture, OrthancFixture orthanc) : IClassFixture<DeliveryFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Installation Sending(bool demonstration = false, params (string, string)[] more) => fixture.Install(
        [
            ("Destinations:0:Name", "pacs"), ("Destinations:0:Host", "127.0.0.1"), ("Destinations:0:Port", $"{orthanc.DicomPort}"),
            ("Destinations:0:CalledAe", OrthancFixture.Ae), ("Destinations:0:Demonstration", $"{demonstration}"), .. more,
        ]);

    [Fact]
    public async Task A_report_arrives_in_the_pacs_as_it_was_fixed()
    {
        await using var installation = Sending();
        var study = await installation.ScoredAsync();
        await installation.DeliverAsync();

        (await installation.DeliveriesAsync(study)).ShouldBe([("pacs", "sr", "delivered", null)]);
        (await installation.AuditAsync(study)).ShouldBe(["delivery.delivered"]);
        var received = DicomFile.Read(new MemoryStream((await orthanc.FilesAsync(study.Value)).ShouldHaveSingleItem())).Dataset;
        received.GetString(DicomTag.SOPClassUID).ShouldBe(DicomUid.Comprehensive3DSRStorage);
        received.GetSequence(DicomTag.CurrentRequestedProcedureEvidenceSequence)[0].GetSequence(DicomTag.ReferencedSeriesSequence)[0]
            .GetSequence(DicomTag.ReferencedSOPSequence).Count.ShouldBe(3);
        received.GetString(DicomTag.PatientName).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_report_that_is_sent_twice_is_held_once()
    {
        await using var installation = Sending();
        var study = await installation.ScoredAsync();
        await installation.DeliverAsync();
        var first = (await orthanc.FilesAsync(study.Value)).ShouldHaveSingleItem();

        await installation.MakeDueAsync(study); // a crash between the PACS's answer and our commit looks like this
        await installation.DeliverAsync();

        (await orthanc.FilesAsync(study.Value)).ShouldHaveSingleItem().ShouldBe(first);
    }

    [Fact]
    public async Task A_demonstration_models_result_is_withheld_from_a_real_pacs_and_that_is_on_record()
    {
        await using var installation = Sending();
        var study = await installation.ArriveAsync();
        await installation.ScoreAsync(study, demonstration: true);

        var delivery = (await installation.DeliveriesAsync(study)).ShouldHaveSingleItem();
        delivery.State.ShouldBe("withheld");
        delivery.Because.ShouldBe("The result is a demonstration model's, and pacs is not marked as a demonstration destination.");
        (await installation.AuditAsync(study)).ShouldBe(["delivery.withheld"]);
        (await installation.WorkAsync(study)).ShouldBeEmpty();
        (await orthanc.FilesAsync(study.Value)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_destination_that_lost_its_mark_after_the_decision_gets_nothing_either()
    {
        await using var marked = Sending(demonstration: true);
        var study = await marked.ArriveAsync();
        await marked.ScoreAsync(study, demonstration: true);

        await using var unmarked = Sending();
        await unmarked.DeliverAsync();

        (await unmarked.DeliveriesAsync(study)).ShouldHaveSingleItem().State.ShouldBe("withheld");
        (await unmarked.AuditAsync(study)).ShouldBe(["delivery.withheld"]);
        (await orthanc.FilesAsync(study.Value)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_destination_marked_for_demonstration_gets_it_labelled()
    {
        await using var installation = Sending(demonstration: true);
        var study = await installation.ArriveAsync();
        await installation.ScoreAsync(study, demonstration: true);
        await installation.DeliverAsync();
        DicomFile.Read(new MemoryStream((await orthanc.FilesAsync(study.Value)).ShouldHaveSingleItem())).Dataset
            .GetString(DicomTag.SeriesDescription)!.ShouldContain("DEMONSTRATION");
    }

    [Fact]
    public async Task A_pacs_that_is_away_is_tried_again_soon_and_the_reason_is_kept()
    {
        await using var away = Sending(more: [("Destinations:0:Port", "1")]);
        var study = await away.ArriveAsync();
        await away.ScoreAsync(study, demonstration: false);
        await away.DeliverAsync();
        var work = (await away.WorkAsync(study)).ShouldHaveSingleItem();
        work.State.ShouldBe("due");
        work.LastError.ShouldNotBeNull().ShouldStartWith("pacs: ");
        work.Waits.ShouldBeLessThan(TimeSpan.FromMinutes(1));
        away.Log.ShouldContain(line => line.Level == LogLevel.Warning && line.Text.Contains("it will be tried again", StringComparison.Ordinal));
        (await away.DeliveriesAsync(study)).ShouldHaveSingleItem().State.ShouldBe("due");

        await using var back = Sending();
        await back.MakeDueAsync(study);
        await back.DeliverAsync();
        (await back.DeliveriesAsync(study)).ShouldHaveSingleItem().State.ShouldBe("delivered");
        (await orthanc.FilesAsync(study.Value)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_pacs_that_hung_up_while_it_was_sent_to_gets_the_same_bytes_again_whatever_was_set_since()
    {
        using var folder = new TemporaryFolder();
        await using var hangsUp = await StoreScp.StartAsync(Directory.CreateDirectory(folder.At("hangs-up")).FullName, "--abort-after");
        await using var first = Sending(more: [("Destinations:0:Port", $"{hangsUp.Port}"), ("Delivery:Institution", "Hospital")]);
        var study = await first.ArriveAsync();
        await first.ScoreAsync(study, demonstration: false);
        await first.DeliverAsync();
        (await first.WorkAsync(study)).ShouldHaveSingleItem().State.ShouldBe("due");
        var frozen = (await first.ContentAsync(study)).ShouldHaveSingleItem().ShouldNotBeNull();

        await using var later = Sending(more: [("Delivery:Institution", "Hospital under another name")]);
        await later.MakeDueAsync(study);
        await later.DeliverAsync();

        (await later.DeliveriesAsync(study)).ShouldHaveSingleItem().State.ShouldBe("delivered");
        (await later.ContentAsync(study)).ShouldBe([frozen]);
        var received = DicomFile.Read(new MemoryStream((await orthanc.FilesAsync(study.Value)).ShouldHaveSingleItem())).Dataset;
        received.Clone().ToBytes(TransferSyntax.ExplicitVRLittleEndian) // a clone: Orthanc gives its sequences lengths
            .ShouldBe(DicomFile.Read(new MemoryStream(frozen)).Dataset.ToBytes(TransferSyntax.ExplicitVRLittleEndian));
    }

    [Fact]
    public async Task A_pacs_that_says_it_has_the_document_already_has_it()
    {
        await using var pacs = AnsweringPacs.With(DimseStatus.DuplicateSopInstance);
        await using var installation = Sending(more: [("Destinations:0:Port", $"{pacs.Port}")]);
        var study = await installation.ScoredAsync();
        await installation.DeliverAsync();
        (await installation.DeliveriesAsync(study)).ShouldBe([("pacs", "sr", "delivered", null)]);
    }

    [Fact]
    public async Task A_document_that_the_pacs_cannot_take_in_any_case_has_failed_at_once()
    {
        await using var pacs = AnsweringPacs.With(DimseStatus.CannotUnderstand);
        await using var installation = Sending(more: [("Destinations:0:Port", $"{pacs.Port}")]);
        var study = await installation.ScoredAsync();
        await installation.DeliverAsync();
        (await installation.DeliveriesAsync(study)).ShouldBe([("pacs", "sr", "failed", "pacs refused it: it answered 0xC000 (cannot understand).")]);
        installation.Log.ShouldContain(line => line.Level == LogLevel.Error);
    }

    [Theory]
    [InlineData(0x0122, "it answered 0x0122 (SOP class not supported).")]
    [InlineData(0x0124, "it answered 0x0124 (not authorised).")]
    public async Task What_the_pacs_can_be_taught_is_tried_on_slowly_and_is_an_error_each_time(int status, string because)
    {
        await using var pacs = AnsweringPacs.With(new DimseStatus((ushort)status));
        await using var installation = Sending(more: [("Destinations:0:Port", $"{pacs.Port}")]);
        var study = await installation.ScoredAsync();
        await installation.DeliverAsync();
        await IsBlockedAsync(installation, study, because);
    }

    [Fact]
    public async Task When_every_attempt_has_failed_the_delivery_has_failed_and_says_why()
    {
        await using var installation = Sending(more: [("Destinations:0:Port", "1"), ("Delivery:MaxAttempts", "1")]);
        var study = await installation.ScoredAsync();
        await installation.DeliverAsync(times: 2);
        var delivery = (await installation.DeliveriesAsync(study)).ShouldHaveSingleItem();
        delivery.State.ShouldBe("failed");
        delivery.Because.ShouldNotBeNull().ShouldStartWith("pacs: ");
        (await installation.WorkAsync(study)).ShouldHaveSingleItem().State.ShouldBe("dead");
        (await installation.AuditAsync(study)).ShouldBe(["delivery.failed"]);
    }

    [Fact]
    public async Task A_pacs_that_is_called_by_a_wrong_name_is_an_error_and_gets_the_document_once_that_is_mended()
    {
        await using var installation = Sending(more: [("Destinations:0:CalledAe", "NOBODY")]);
        var study = await installation.ScoredAsync();
        await installation.DeliverAsync();
        await IsBlockedAsync(installation, study, "called AE title not recognised");

        // Its administrator adds the title an hour later; nobody has to send anything by hand.
        await installation.MakeDueAsync(study);
        await using var mended = Sending();
        await mended.DeliverAsync();
        (await mended.DeliveriesAsync(study)).ShouldHaveSingleItem().State.ShouldBe("delivered");
    }

    [Fact]
    public async Task A_pacs_that_takes_only_the_older_class_gets_that_one_and_a_repeat_stays_with_it()
    {
        using var folder = new TemporaryFolder();
        var profile = folder.At("profile.cfg");
        await File.WriteAllTextAsync(profile,
            $"[[TransferSyntaxes]]\n[E]\nTransferSyntax1 = LittleEndianExplicit\n[[PresentationContexts]]\n[P]\n"
            + $"PresentationContext1 = {DicomUid.ComprehensiveSRStorage}\\E\n[[Profiles]]\n[Old]\nPresentationContexts = P\n", Stop);
        var received = Directory.CreateDirectory(folder.At("received")).FullName;
        await using var pacs = await StoreScp.StartAsync(received, "-xf", profile, "Old");
        await using var installation = Sending(more: [("Destinations:0:Port", $"{pacs.Port}")]);
        var study = await installation.ScoredAsync();
        await installation.DeliverAsync();
        DicomFile.Read(Directory.GetFiles(received).ShouldHaveSingleItem()).Dataset.GetString(DicomTag.SOPClassUID).ShouldBe(DicomUid.ComprehensiveSRStorage);

        await using var taught = await StoreScp.StartAsync(Directory.CreateDirectory(folder.At("taught")).FullName); // takes every class by now
        await using var again = Sending(more: [("Destinations:0:Port", $"{taught.Port}")]);
        await again.MakeDueAsync(study);
        await again.DeliverAsync();
        (await again.DeliveriesAsync(study)).ShouldHaveSingleItem().State.ShouldBe("delivered");
        DicomFile.Read(Directory.GetFiles(taught.Folder).ShouldHaveSingleItem()).Dataset.GetString(DicomTag.SOPClassUID).ShouldBe(DicomUid.ComprehensiveSRStorage);
    }

    [Fact]
    public async Task A_pacs_that_takes_no_report_at_all_is_named_with_what_it_refused()
    {
        using var folder = new TemporaryFolder();
        var profile = folder.At("profile.cfg");
        await File.WriteAllTextAsync(profile,
            $"[[TransferSyntaxes]]\n[E]\nTransferSyntax1 = LittleEndianExplicit\n[[PresentationContexts]]\n[P]\n"
            + $"PresentationContext1 = {DicomUid.CTImageStorage}\\E\n[[Profiles]]\n[Images]\nPresentationContexts = P\n", Stop);
        await using var pacs = await StoreScp.StartAsync(folder.Path, "-xf", profile, "Images");
        await using var installation = Sending(more: [("Destinations:0:Port", $"{pacs.Port}")]);
        var study = await installation.ScoredAsync();
        await installation.DeliverAsync();
        await IsBlockedAsync(installation, study, "it takes none of Comprehensive 3D SR Storage, Comprehensive SR Storage, Enhanced SR Storage.");
    }

    [Fact]
    public async Task A_destination_that_the_settings_no_longer_name_ends_the_delivery()
    {
        await using var installation = Sending();
        var study = await installation.ScoredAsync();
        await using var changed = fixture.Install();
        await changed.DeliverAsync();
        (await changed.DeliveriesAsync(study)).ShouldHaveSingleItem().Because.ShouldBe("pacs is no destination of this installation any more.");
    }

    [Fact]
    public async Task Why_a_study_was_not_analysed_arrives_as_text()
    {
        await using var installation = Sending(demonstration: true);
        var study = await installation.ArriveAsync();
        await installation.NotAnalysedAsync();
        await installation.DeliverAsync();
        (await installation.DeliveriesAsync(study)).ShouldBe([("pacs", "text", "delivered", null)]);
        var text = DicomFile.Read(new MemoryStream((await orthanc.FilesAsync(study.Value)).ShouldHaveSingleItem())).Dataset;
        text.GetString(DicomTag.SOPClassUID).ShouldBe(DicomUid.BasicTextSRStorage);
        TextsOf(text).ShouldContain("Not analysed because the images are localizers (scouts).");
    }

    [Fact]
    public async Task A_newer_result_names_the_document_that_it_replaces()
    {
        await using var installation = Sending();
        var study = await installation.ScoredAsync();
        await installation.DeliverAsync();
        await installation.ScoreAgainAsync(study, freeAir: 0.2);
        await installation.DeliverAsync();

        var documents = (await orthanc.FilesAsync(study.Value)).Select(file => DicomFile.Read(new MemoryStream(file)).Dataset)
            .OrderBy(document => document.GetInt32(DicomTag.InstanceNumber)).ToList();
        documents.Select(document => document.GetInt32(DicomTag.InstanceNumber)).ShouldBe([1, 2]);
        documents[1].GetSequence(DicomTag.PredecessorDocumentsSequence)[0].GetSequence(DicomTag.ReferencedSeriesSequence)[0]
            .GetSequence(DicomTag.ReferencedSOPSequence)[0].GetString(DicomTag.ReferencedSOPInstanceUID).ShouldBe(documents[0].GetString(DicomTag.SOPInstanceUID));
    }

    [Fact]
    public async Task A_report_names_the_text_that_it_replaces_by_the_texts_own_class_and_series()
    {
        await using var installation = Sending();
        var study = await installation.ArriveAsync();
        await installation.NotAnalysedAsync();
        await installation.DeliverAsync();
        await installation.ScoreAgainAsync(study, freeAir: 0.2);
        await installation.DeliverAsync();

        var documents = (await orthanc.FilesAsync(study.Value)).Select(file => DicomFile.Read(new MemoryStream(file)).Dataset)
            .ToDictionary(document => document.GetString(DicomTag.SOPClassUID)!);
        var text = documents[DicomUid.BasicTextSRStorage];
        var series = documents[DicomUid.Comprehensive3DSRStorage].GetSequence(DicomTag.PredecessorDocumentsSequence)[0].GetSequence(DicomTag.ReferencedSeriesSequence)[0];
        series.GetString(DicomTag.SeriesInstanceUID).ShouldBe(text.GetString(DicomTag.SeriesInstanceUID));
        var named = series.GetSequence(DicomTag.ReferencedSOPSequence).ShouldHaveSingleItem();
        named.GetString(DicomTag.ReferencedSOPClassUID).ShouldBe(DicomUid.BasicTextSRStorage);
        named.GetString(DicomTag.ReferencedSOPInstanceUID).ShouldBe(text.GetString(DicomTag.SOPInstanceUID));
    }

    [Fact]
    public async Task The_last_word_in_the_pacs_keeps_a_verdict_that_later_images_could_not_change()
    {
        await using var installation = Sending();
        var study = await installation.ScoredAsync();
        await installation.DeliverAsync();
        await installation.LateImageAsync(study);
        await installation.NotAnalysedAsync("the slices have gaps.", demonstration: false);
        await installation.DeliverAsync();

        var documents = (await orthanc.FilesAsync(study.Value)).Select(file => DicomFile.Read(new MemoryStream(file)).Dataset).ToList();
        var text = documents.Single(document => document.GetString(DicomTag.SOPClassUID) == DicomUid.BasicTextSRStorage);
        TextsOf(text).ShouldContain("High: Free air 0.1234 (threshold 0.1000). Later images were not analysed because the slices have gaps.");
        text.GetSequence(DicomTag.PredecessorDocumentsSequence)[0].GetSequence(DicomTag.ReferencedSeriesSequence)[0].GetSequence(DicomTag.ReferencedSOPSequence)[0]
            .GetString(DicomTag.ReferencedSOPClassUID).ShouldBe(DicomUid.Comprehensive3DSRStorage);
    }

    [Fact]
    public async Task What_the_site_has_not_approved_or_confirmed_is_in_no_document()
    {
        await using var installation = Sending();
        var study = await installation.ScoredAsync();
        await installation.DeliverAsync();
        var said = TextsOf(await ReceivedAsync(study)).ToList();
        said.ShouldContain("5-year risk: Diabetes mellitus");
        said.ShouldNotContain("5-year risk: Chronic liver disease");
        said.ShouldNotContain("Fracture");

        await using var confirmed = Sending();
        (await confirmed.Get<RiskConfirmationStore>().ConfirmAsync("p", "R5_CLD", RiskDisease.Named("osteoporosis")!, "user admin", Stop)).ShouldBeTrue();
        var next = await confirmed.ArriveAsync();
        await confirmed.ScoreAsync(next, demonstration: false);
        await confirmed.DeliverAsync();
        var told = TextsOf(await ReceivedAsync(next)).ToList();
        told.ShouldContain("5-year risk: Osteoporosis");
        told.ShouldContain(text => text != null && text.StartsWith("5-year risk, Osteoporosis: The publishers' sources disagree about this output; this site confirmed osteoporosis on ", StringComparison.Ordinal));
    }

    [Theory, InlineData("sr", false), InlineData("sr", true), InlineData("text", false), InlineData("text", true)]
    public async Task Risks_that_follow_the_decision_are_in_no_document_however_late_it_is_sent_and_it_says_where_they_are(string document, bool late)
    {
        await using var installation = Sending(more: [("Destinations:0:Documents:0", document)]);
        var study = await installation.ArriveAsync();
        await installation.ScoreAsync(study, demonstration: false, risksFollow: true);
        if (late) await installation.AddRisksAsync();
        await installation.DeliverAsync();
        if (!late) await installation.AddRisksAsync();

        var said = TextsOf(await ReceivedAsync(study)).OfType<string>().ToList();
        said.ShouldContain("Five-year risks are computed after the urgent work: they are with the study in the product and not in this document.");
        said.ShouldNotContain(text => text.StartsWith("5-year risk", StringComparison.Ordinal));
        (await installation.DeliveriesAsync(study)).ShouldBe([("pacs", document, "delivered", null)]); // and nothing is sent behind it
    }

    [Fact]
    public async Task Where_the_site_wants_no_risks_no_document_speaks_of_them()
    {
        await using var installation = Sending(more: [("Delivery:Risks", "false")]);
        var study = await installation.ArriveAsync();
        await installation.ScoreAsync(study, demonstration: false, risksFollow: true);
        await installation.DeliverAsync();
        await installation.AddRisksAsync();

        TextsOf(await ReceivedAsync(study)).OfType<string>().ShouldNotContain(text => text.Contains("isks", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Documents_carry_the_installations_own_serial_number_unless_the_settings_give_one()
    {
        await using var installation = Sending();
        var study = await installation.ScoredAsync();
        await installation.DeliverAsync();
        (await ReceivedAsync(study)).GetString(DicomTag.DeviceSerialNumber).ShouldBe(await installation.Get<InstallationStore>().SerialNumberAsync(Stop));

        await using var named = Sending(more: [("Delivery:SerialNumber", "CT-READING-2")]);
        var next = await named.ArriveAsync();
        await named.ScoreAsync(next, demonstration: false);
        await named.DeliverAsync();
        (await ReceivedAsync(next)).GetString(DicomTag.DeviceSerialNumber).ShouldBe("CT-READING-2");
    }

    [Fact]
    public async Task Where_no_destination_is_named_both_documents_are_kept_in_our_own_store()
    {
        await using var installation = fixture.Install();
        var study = await installation.ArriveAsync();
        await installation.ScoreAsync(study, demonstration: true);
        await installation.DeliverAsync(times: 2);

        (await installation.DeliveriesAsync(study)).ShouldBe([("own-store", "sr", "delivered", null), ("own-store", "text", "delivered", null)]);
        var own = (await installation.Get<StudyStore>().InstancesAsync(study, null, Stop)).Where(instance => instance.Own).ToList();
        own.Select(instance => instance.SopClass).ShouldBe([DicomUid.Comprehensive3DSRStorage, DicomUid.BasicTextSRStorage], ignoreOrder: true);
        foreach (var instance in own)
            DicomFile.Read(installation.Get<Spool>().At(instance.Path)).Dataset.GetString(DicomTag.SOPInstanceUID).ShouldBe(instance.Sop.Value);
        (await installation.WorkAsync(study)).ShouldAllBe(work => work.State == "done");
        Directory.EnumerateFiles(fixture.Spool, "*.own", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    // Still due, but slowly, with the reason where it is shown and an error in the log.
    private static async Task IsBlockedAsync(Installation installation, StudyUid study, string because)
    {
        (await installation.DeliveriesAsync(study)).ShouldHaveSingleItem().State.ShouldBe("due");
        var work = (await installation.WorkAsync(study)).ShouldHaveSingleItem();
        work.State.ShouldBe("due");
        work.LastError.ShouldNotBeNull().ShouldContain(because);
        work.Waits.ShouldBeGreaterThan(TimeSpan.FromMinutes(10));
        installation.Log.ShouldContain(line => line.Level == LogLevel.Error && line.Text.Contains(because, StringComparison.Ordinal));
    }

    private async Task<DicomDataset> ReceivedAsync(StudyUid study) => DicomFile.Read(new MemoryStream((await orthanc.FilesAsync(study.Value)).ShouldHaveSingleItem())).Dataset;

    private static IEnumerable<string?> TextsOf(DicomDataset content) =>
        [content.GetString(DicomTag.TextValue), .. content.GetSequence(DicomTag.ContentSequence).SelectMany(TextsOf)];

    [Fact]
    public async Task Faults_in_the_settings_are_all_said_with_their_keys()
    {
        await using var installation = fixture.Install(
            ("Destinations:0:Name", "a b"), ("Destinations:0:Port", "0"), ("Destinations:1:Name", "pacs"), ("Destinations:1:Host", "h"), ("Destinations:1:CalledAe", "X"),
            ("Destinations:2:Name", "pacs"), ("Destinations:2:Kind", "OwnStore"), ("Site:TimeZone", "Nowhere"), ("Delivery:Slots", "0"));
        var routes = Should.Throw<OptionsValidationException>(() => installation.Get<IOptions<RouteOptions>>().Value).Message;
        routes.ShouldContain("Destinations:0:Host: say the host name or address of a b.");
        routes.ShouldContain("Destinations:0:CalledAe");
        routes.ShouldContain("the name pacs stands 2 times");
        var delivery = Should.Throw<OptionsValidationException>(() => installation.Get<IOptions<DeliveryOptions>>().Value).Message;
        delivery.ShouldContain("Slots");
        Should.Throw<OptionsValidationException>(() => installation.Get<IOptions<SiteOptions>>().Value).Message.ShouldContain("Site:TimeZone: Nowhere is not known here");
    }
}
