using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>Orthanc as our peer: it is sent to, asked, has to send to us, and sends by itself.</summary>
public sealed class OrthancTests(OrthancFixture orthanc) : IClassFixture<OrthancFixture>, IDisposable
{
    private const string Find = DicomUid.StudyRootQueryRetrieveInformationModelFind, Move = DicomUid.StudyRootQueryRetrieveInformationModelMove;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_stored_is_found_comes_back_by_a_move_and_again_by_orthancs_own_sending()
    {
        var files = CtImage.WriteMany(_folder, 5);
        files.Add(await CtImage.EncodeAsync(_folder, 6, DicomUid.JPEGLosslessSV1));
        files.Add(await CtImage.EncodeAsync(_folder, 7, DicomUid.DeflatedExplicitVRLittleEndian));
        await using var us = await Receiver.StartAsync();
        await orthanc.AddModalityAsync("MOVER", us.Port);
        var call = Peer.Of(orthanc, "MOVER");
        await using (var sender = new DicomSender(call))
        {
            (await sender.SendAsync(files[..3], Stop).ToListAsync(Stop)).ShouldAllBe(outcome => outcome.Status == DimseStatus.Success);
            (await sender.SendAsync(files[3..], Stop).ToListAsync(Stop)).ShouldAllBe(outcome => outcome.Status == DimseStatus.Success);
        }

        (await orthanc.FilesAsync(CtImage.StudyUid)).Count.ShouldBe(7);
        await using (var association = await DicomAssociation.RequestAsync(call with { Contexts = AssociationRequest.For(Find, Move) }, Stop))
        {
            var study = await association.FindAsync(Find, Study().Set(DicomTag.PatientName, "MÜLLER*").SetEmpty(DicomTag.AccessionNumber), Stop).SingleAsync(Stop);
            (study.GetString(DicomTag.PatientName), study.GetString(DicomTag.AccessionNumber)).ShouldBe(("Müller^Jörg", "ACC1"));
            (await association.FindAsync(Find, Study().Set(DicomTag.PatientID, "NOBODY"), Stop).CountAsync(Stop)).ShouldBe(0);

            var outcome = await association.MoveAsync(Move, "MOVER", Study(), cancellationToken: Stop);
            (outcome.Status, outcome.Counts.Completed, outcome.Counts.Failed).ShouldBe((DimseStatus.Success, 7, 0));
            await association.ReleaseAsync(Stop);
        }

        ArrivedLike(files, us);
        us.Storage.Kept.Clear();
        await orthanc.PostAsync("modalities/MOVER/store", new { Resources = await IdsAsync(), Synchronous = true });
        ArrivedLike(files, us);
    }

    [Fact]
    public async Task Orthancs_echo_is_answered()
    {
        await using var us = await Receiver.StartAsync();
        await orthanc.AddModalityAsync("ECHOED", us.Port);
        await orthanc.PostAsync("modalities/ECHOED/echo", new { });
        (await us.Storage.NextEndingAsync()).Kind.ShouldBe(EndingKind.Released);
    }

    [Fact]
    public async Task Orthancs_query_is_answered_from_our_matches()
    {
        await using var us = await Receiver.StartAsync();
        us.Storage.Beside = _ => [new FindService([Find], (request, _) => new[]
        {
            FindScpTests.Study("1.2.3").Set(DicomTag.PatientName, request.Identifier.GetString(DicomTag.PatientID) + "^Jörg"),
        }.ToAsyncEnumerable())];
        await orthanc.AddModalityAsync("ASKED", us.Port);
        var query = await orthanc.PostAsync("modalities/ASKED/query", new { Level = "Study", Query = new { PatientID = "Müller", PatientName = "" } });
        var answer = await orthanc.GetAsync($"queries/{query.GetProperty("ID").GetString()}/answers/0/content?simplify");
        answer.GetProperty("StudyInstanceUID").GetString().ShouldBe("1.2.3");
        answer.GetProperty("PatientName").GetString().ShouldBe("Müller^Jörg");
    }

    [Fact]
    public async Task A_caller_that_orthanc_does_not_know_is_rejected_with_the_reason()
    {
        var error = await Should.ThrowAsync<DicomNetworkException>(() => DicomAssociation.RequestAsync(Peer.Of(orthanc, "STRANGER"), Stop));
        error.Fault.ShouldBe(NetworkFault.Rejected);
    }

    public void Dispose() => _folder.Dispose();

    private static void ArrivedLike(List<string> files, Receiver us)
    {
        us.Storage.Kept.Count.ShouldBe(files.Count);
        foreach (var file in files.Select(path => DicomFile.Read(path).Dataset))
        {
            var uid = file.GetString(DicomTag.SOPInstanceUID)!;
            var syntax = us.Storage.Arrivals.Last(arrival => arrival.Head.SopInstanceUid == uid).Head.TransferSyntax;
            DataSetDifferences.Between(file, DicomDataset.Parse(us.Storage.Kept[uid], TransferSyntax.Of(syntax))).ShouldBeEmpty();
        }
    }

    private async Task<string?[]> IdsAsync() =>
        [.. (await orthanc.PostAsync("tools/find", new { Level = "Study", Query = new { StudyInstanceUID = CtImage.StudyUid } })).EnumerateArray().Select(id => id.GetString())];

    private static DicomDataset Study() => FindScpTests.Study(CtImage.StudyUid).Set(DicomTag.SpecificCharacterSet, "ISO_IR 192");
}
