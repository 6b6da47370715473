using Microsoft.Extensions.Options;
using TriageWorker.Dicom;
using TriageWorker.Store;
using TriageWorker.Testing;

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
        var study = await installation.ArriveAsync();
        await installation.ScoreAsync(study, demonstration: false);
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
        var study = await installation.ArriveAsync();
        await installation.ScoreAsync(study, demonstration: false);
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
    public async Task A_pacs_that_is_away_is_tried_again_with_the_same_bytes_and_the_reason_is_kept()
    {
        await using var away = Sending(more: [("Destinations:0:Port", "1")]);
        var study = await away.ArriveAsync();
        await away.ScoreAsync(study, demonstration: false);
        await away.DeliverAsync();
        var work = (await away.WorkAsync(study)).ShouldHaveSingleItem();
        work.State.ShouldBe("due");
        work.LastError.ShouldNotBeNull().ShouldStartWith("pacs: ");
        (await away.DeliveriesAsync(study)).ShouldHaveSingleItem().State.ShouldBe("due");

        await using var back = Sending();
        await back.MakeDueAsync(study);
        await back.DeliverAsync();
        (await back.DeliveriesAsync(study)).ShouldHaveSingleItem().State.ShouldBe("delivered");
        (await orthanc.FilesAsync(study.Value)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task When_every_attempt_has_failed_the_delivery_has_failed_and_says_why()
    {
        await using var installation = Sending(more: [("Destinations:0:Port", "1"), ("Delivery:MaxAttempts", "1")]);
        var study = await installation.ArriveAsync();
        await installation.ScoreAsync(study, demonstration: false);
        await installation.DeliverAsync(times: 2);
        var delivery = (await installation.DeliveriesAsync(study)).ShouldHaveSingleItem();
        delivery.State.ShouldBe("failed");
        delivery.Because.ShouldNotBeNull().ShouldStartWith("pacs: ");
        (await installation.WorkAsync(study)).ShouldHaveSingleItem().State.ShouldBe("dead");
        (await installation.AuditAsync(study)).ShouldBe(["delivery.failed"]);
    }

    [Fact]
    public async Task A_pacs_that_knows_us_by_no_name_is_a_reason_too()
    {
        await using var installation = Sending(more: [("Destinations:0:CalledAe", "NOBODY")]);
        var study = await installation.ArriveAsync();
        await installation.ScoreAsync(study, demonstration: false);
        await installation.DeliverAsync();
        (await installation.WorkAsync(study)).ShouldHaveSingleItem().LastError.ShouldNotBeNull().ShouldContain("NOBODY");
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
        var study = await installation.ArriveAsync();
        await installation.ScoreAsync(study, demonstration: false);
        await installation.DeliverAsync();
        await installation.MakeDueAsync(study);
        await installation.DeliverAsync();

        (await installation.DeliveriesAsync(study)).ShouldHaveSingleItem().State.ShouldBe("delivered");
        DicomFile.Read(Directory.GetFiles(received).ShouldHaveSingleItem()).Dataset.GetString(DicomTag.SOPClassUID).ShouldBe(DicomUid.ComprehensiveSRStorage);
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
        await using var installation = Sending(more: [("Destinations:0:Port", $"{pacs.Port}"), ("Delivery:MaxAttempts", "1")]);
        var study = await installation.ArriveAsync();
        await installation.ScoreAsync(study, demonstration: false);
        await installation.DeliverAsync(times: 2);
        (await installation.DeliveriesAsync(study)).ShouldHaveSingleItem().Because
            .ShouldBe("pacs: it takes none of Comprehensive 3D SR Storage, Comprehensive SR Storage, Enhanced SR Storage.");
    }

    [Fact]
    public async Task A_destination_that_the_settings_no_longer_name_ends_the_delivery()
    {
        await using var installation = Sending();
        var study = await installation.ArriveAsync();
        await installation.ScoreAsync(study, demonstration: false);
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
        var study = await installation.ArriveAsync();
        await installation.ScoreAsync(study, demonstration: false);
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
