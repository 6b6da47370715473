using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>A modality worklist, asked of DCMTK's wlmscpfs (PS3.4, annex K).</summary>
public sealed class WorklistTests : IDisposable
{
    private const string Worklist = DicomUid.ModalityWorklistInformationModelFind;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_scheduled_for_a_scanner_is_found_with_its_nested_attributes_and_its_umlauts()
    {
        var entries = WorklistScp.EntriesIn(_folder.Path);
        Write(Path.Combine(entries, "1.wl"), "ACC-1", "Müller^Jörg", "CT", "CT1", "20260102");
        Write(Path.Combine(entries, "2.wl"), "ACC-2", "Łukasz^Ökan", "CT", "CT1", "20260103");
        Write(Path.Combine(entries, "3.wl"), "ACC-3", "Smith^Ann", "MR", "MR1", "20260102");
        await using var peer = await WorklistScp.StartAsync(_folder.Path);
        await using var association = await DicomAssociation.RequestAsync(
            Peer.At(peer.Port) with { CalledAe = WorklistScp.Ae, Contexts = AssociationRequest.For(Worklist) }, Stop);

        var scheduled = await association.FindAsync(Worklist, Question("CT", ""), Stop).ToListAsync(Stop);
        scheduled.Select(entry => (entry.GetString(DicomTag.AccessionNumber), entry.GetString(DicomTag.PatientName))).Order()
            .ShouldBe([("ACC-1", "Müller^Jörg"), ("ACC-2", "Łukasz^Ökan")]);
        var step = scheduled[0].GetSequence(DicomTag.ScheduledProcedureStepSequence).Single();
        (step.GetString(DicomTag.Modality), step.GetString(DicomTag.ScheduledStationAETitle)).ShouldBe(("CT", "CT1"));

        var today = await association.FindAsync(Worklist, Question("", "20260102"), Stop).Select(entry => entry.GetString(DicomTag.AccessionNumber)).ToListAsync(Stop);
        today.Order().ShouldBe(["ACC-1", "ACC-3"]);
        (await association.FindAsync(Worklist, Question("US", ""), Stop).CountAsync(Stop)).ShouldBe(0);
        await association.ReleaseAsync(Stop);
    }

    [Fact]
    public async Task A_query_that_the_worklist_cannot_answer_is_a_failure_with_its_status()
    {
        WorklistScp.EntriesIn(_folder.Path);
        await using var peer = await WorklistScp.StartAsync(_folder.Path);
        await using var association = await DicomAssociation.RequestAsync(
            Peer.At(peer.Port) with { CalledAe = WorklistScp.Ae, Contexts = AssociationRequest.For(Worklist) }, Stop);
        // No date is written like this.
        var error = await Should.ThrowAsync<DimseFailureException>(async () => await association.FindAsync(Worklist, Question("CT", "yesterday"), Stop).CountAsync(Stop));
        error.Status.IsFailure.ShouldBeTrue();
        (await association.FindAsync(Worklist, Question("CT", "20260102"), Stop).CountAsync(Stop)).ShouldBe(0);
        await association.ReleaseAsync(Stop);
    }

    public void Dispose() => _folder.Dispose();

    private static DicomDataset Question(string modality, string date) => new DicomDataset()
        .SetEmpty(DicomTag.SpecificCharacterSet).SetEmpty(DicomTag.AccessionNumber).SetEmpty(DicomTag.PatientName).SetEmpty(DicomTag.PatientID)
        .Set(DicomTag.ScheduledProcedureStepSequence, new DicomDataset()
            .Set(DicomTag.Modality, modality).SetEmpty(DicomTag.ScheduledStationAETitle).Set(DicomTag.ScheduledProcedureStepStartDate, date).SetEmpty(DicomTag.ScheduledProcedureStepID));

    private static void Write(string path, string accession, string patient, string modality, string station, string date) => new DicomFile(new DicomDataset()
        .Set(DicomTag.SOPClassUID, Worklist).Set(DicomTag.SOPInstanceUID, DicomUid.NewRandom()) // the file form wants them
        .Set(DicomTag.SpecificCharacterSet, "ISO_IR 192")
        .Set(DicomTag.AccessionNumber, accession).Set(DicomTag.ReferringPhysicianName, "Arzt^Ärztin")
        .Set(DicomTag.PatientName, patient).Set(DicomTag.PatientID, "P-" + accession).Set(DicomTag.PatientBirthDate, "19700101").Set(DicomTag.PatientSex, "O")
        .Set(DicomTag.StudyInstanceUID, DicomUid.NewRandom()).Set(DicomTag.RequestedProcedureDescription, "Bauch").Set(DicomTag.RequestedProcedureID, "RP-" + accession)
        .Set(DicomTag.ScheduledProcedureStepSequence, new DicomDataset()
            .Set(DicomTag.Modality, modality).Set(DicomTag.ScheduledStationAETitle, station)
            .Set(DicomTag.ScheduledProcedureStepStartDate, date).Set(DicomTag.ScheduledProcedureStepStartTime, "0800")
            .Set(DicomTag.ScheduledPerformingPhysicianName, "Ra^Dio").Set(DicomTag.ScheduledProcedureStepDescription, "Bauch").Set(DicomTag.ScheduledProcedureStepID, "S-" + accession)))
        .Write(path);
}
