using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>DCMTK's archive as our peer: it is filled, asked, and has to send to us.</summary>
public sealed class ArchiveTests : IDisposable
{
    private const string Find = DicomUid.StudyRootQueryRetrieveInformationModelFind, Move = DicomUid.StudyRootQueryRetrieveInformationModelMove;
    private const int Images = 12;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_stored_is_found_and_comes_back()
    {
        await using var us = await Receiver.StartAsync();
        await using var archive = await ArchiveScp.StartAsync(_folder.Path, new Dictionary<string, int> { ["TRIAGE"] = us.Port });
        await using var association = await FilledAsync(archive);

        var study = await association.FindAsync(Find, Keys("STUDY").Set(DicomTag.AccessionNumber, "ACC1").SetEmpty(DicomTag.PatientName).SetEmpty(DicomTag.StudyInstanceUID), Stop).SingleAsync(Stop);
        study.GetString(DicomTag.StudyInstanceUID).ShouldBe(CtImage.StudyUid);
        study.GetString(DicomTag.PatientName).ShouldBe("Müller^Jörg");
        (await association.FindAsync(Find, Keys("STUDY").Set(DicomTag.AccessionNumber, "NONE"), Stop).CountAsync(Stop)).ShouldBe(0);
        var numbers = await association.FindAsync(Find, OfSeries().SetEmpty(DicomTag.InstanceNumber), Stop).Select(match => match.GetInt32(DicomTag.InstanceNumber)!.Value).ToListAsync(Stop);
        numbers.Order().ShouldBe(Enumerable.Range(1, Images));

        var progress = new List<SubOperations>();
        var outcome = await association.MoveAsync(Move, "TRIAGE", Keys("STUDY").Set(DicomTag.StudyInstanceUID, CtImage.StudyUid), new Heard(progress), Stop);
        outcome.Status.ShouldBe(DimseStatus.Success);
        outcome.Counts.Completed.ShouldBe(Images);
        progress.Select(counts => counts.Completed + counts.Remaining).Distinct().ShouldBe([Images]);
        await association.ReleaseAsync(Stop);

        us.Storage.Kept.Count.ShouldBe(Images);
        foreach (var (head, dataSet) in us.Storage.Arrivals)
        {
            var number = int.Parse(head.SopInstanceUid.Split('.')[^1], System.Globalization.CultureInfo.InvariantCulture);
            DataSetDifferences.Between(CtImage.Dataset(number), DicomDataset.Parse(dataSet, TransferSyntax.Of(head.TransferSyntax))).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_destination_that_the_archive_does_not_know_is_an_outcome_and_the_association_goes_on()
    {
        await using var archive = await ArchiveScp.StartAsync(_folder.Path, new Dictionary<string, int> { ["TRIAGE"] = 104 });
        await using var association = await FilledAsync(archive);
        var outcome = await association.MoveAsync(Move, "NOBODY", Keys("STUDY").Set(DicomTag.StudyInstanceUID, CtImage.StudyUid), cancellationToken: Stop);
        outcome.Status.ShouldBe(DimseStatus.MoveDestinationUnknown);
        (await association.EchoAsync(Stop)).ShouldBe(DimseStatus.Success);
        await association.ReleaseAsync(Stop);
    }

    [Fact]
    public async Task Objects_that_we_refuse_are_counted_and_named_by_the_archive()
    {
        await using var us = await Receiver.StartAsync();
        us.Storage.Trouble = new IOException("No space left on device");
        await using var archive = await ArchiveScp.StartAsync(_folder.Path, new Dictionary<string, int> { ["TRIAGE"] = us.Port });
        await using var association = await FilledAsync(archive);
        var outcome = await association.MoveAsync(Move, "TRIAGE", Keys("STUDY").Set(DicomTag.StudyInstanceUID, CtImage.StudyUid), cancellationToken: Stop);
        outcome.Status.IsSuccess.ShouldBeFalse();
        outcome.Counts.Failed.ShouldBe(Images);
        outcome.FailedInstances.Order().ShouldBe(Enumerable.Range(1, Images).Select(CtImage.UidOf).Order());
        us.Storage.Kept.ShouldBeEmpty();
    }

    [Fact]
    public async Task Leaving_the_loop_early_leaves_an_association_that_answers_the_next_question_and_only_that()
    {
        await using var archive = await ArchiveScp.StartAsync(_folder.Path, new Dictionary<string, int> { ["TRIAGE"] = 104 });
        await using var association = await FilledAsync(archive);
        for (var round = 0; round < 3; round++)
        {
            (await association.FindAsync(Find, OfSeries(), Stop).FirstAsync(Stop)).GetString(DicomTag.SOPInstanceUID).ShouldNotBeNull();
            var series = await association.FindAsync(Find, Keys("SERIES").Set(DicomTag.StudyInstanceUID, CtImage.StudyUid).SetEmpty(DicomTag.SeriesInstanceUID), Stop).SingleAsync(Stop);
            series.GetString(DicomTag.SeriesInstanceUID).ShouldBe(CtImage.SeriesUid);
        }

        await association.ReleaseAsync(Stop);
    }

    [Fact]
    public async Task An_ae_that_the_archive_does_not_know_is_rejected_with_the_reason()
    {
        await using var archive = await ArchiveScp.StartAsync(_folder.Path, new Dictionary<string, int> { ["TRIAGE"] = 104 });
        var error = await Should.ThrowAsync<DicomNetworkException>(() => DicomAssociation.RequestAsync(Peer.At(archive.Port) with { CalledAe = "ELSEWHERE" }, Stop));
        error.Message.ShouldContain("called AE title not recognised");
    }

    public void Dispose() => _folder.Dispose();

    private async Task<DicomAssociation> FilledAsync(ArchiveScp archive)
    {
        var call = Peer.At(archive.Port) with { CalledAe = ArchiveScp.Ae };
        await using (var sender = new DicomSender(call))
            (await sender.SendAsync(CtImage.WriteMany(_folder, Images), Stop).ToListAsync(Stop)).ShouldAllBe(outcome => outcome.Status == DimseStatus.Success);
        return await DicomAssociation.RequestAsync(call with { Contexts = AssociationRequest.For(Find, Move, DicomUid.Verification) }, Stop);
    }

    private static DicomDataset Keys(string level) => new DicomDataset().Set(DicomTag.SpecificCharacterSet, "ISO_IR 192").Set(DicomTag.QueryRetrieveLevel, level);

    private static DicomDataset OfSeries() => Keys("IMAGE")
        .Set(DicomTag.StudyInstanceUID, CtImage.StudyUid).Set(DicomTag.SeriesInstanceUID, CtImage.SeriesUid).SetEmpty(DicomTag.SOPInstanceUID);

    private sealed class Heard(List<SubOperations> progress) : IProgress<SubOperations>
    {
        public void Report(SubOperations value) => progress.Add(value);
    }
}
