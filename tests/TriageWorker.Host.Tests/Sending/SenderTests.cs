using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Host.Sending;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Sending;

public sealed class SenderTests : IDisposable
{
    private readonly TemporaryFolder _outbox = new(), _inbox = new();

    public void Dispose()
    {
        _outbox.Dispose();
        _inbox.Dispose();
    }

    [Fact]
    public async Task Every_file_of_a_folder_arrives_and_is_told_as_stored()
    {
        WriteFiles(3);
        await using var peer = await StoreScp.StartAsync(_inbox.Path);
        var outcomes = await SendAsync(peer.Port);
        outcomes.Select(outcome => outcome.Fate).ShouldBe([FileFate.Stored, FileFate.Stored, FileFate.Stored]);
        Directory.GetFiles(_inbox.Path).Length.ShouldBe(3);
    }

    [Fact]
    public async Task What_is_no_dicom_is_named_and_the_rest_is_sent()
    {
        WriteFiles(1);
        await File.WriteAllTextAsync(_outbox.At("readme.txt"), "Nothing to see.", TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_outbox.At("empty.dcm"), [], TestContext.Current.CancellationToken);
        await using var peer = await StoreScp.StartAsync(_inbox.Path);
        var consignment = Consignment.Gather(_outbox.Path);
        consignment.Unsuitable.Select(outcome => Path.GetFileName(outcome.Path)).ShouldBe(["empty.dcm", "readme.txt"]);
        (await SendAsync(peer.Port)).ShouldHaveSingleItem().Fate.ShouldBe(FileFate.Stored);
    }

    [Fact]
    public async Task A_kind_that_the_peer_does_not_take_is_refused_and_the_rest_is_sent()
    {
        WriteFiles(1);
        Write("b.dcm", "1.2.840.10008.5.1.4.1.1.999");
        Write("c.dcm", DicomUid.CTImageStorage);
        await using var peer = await StoreScp.StartAsync(_inbox.Path);
        (await SendAsync(peer.Port)).Select(outcome => outcome.Fate).ShouldBe([FileFate.Stored, FileFate.Refused, FileFate.Stored]);
    }

    [Fact]
    public async Task A_peer_that_hangs_up_costs_the_file_in_flight_and_no_other()
    {
        WriteFiles(3);
        await using var peer = await StoreScp.StartAsync(_inbox.Path, "--abort-during"); // aborts while each object comes in
        var outcomes = await SendAsync(peer.Port);
        outcomes.Count.ShouldBe(3);
        outcomes.ShouldAllBe(outcome => outcome.Fate == FileFate.NotSent && outcome.Words.Contains("abort"));
    }

    [Fact]
    public async Task When_nobody_listens_each_file_says_so()
    {
        WriteFiles(2);
        var outcomes = await SendAsync(port: 1);
        outcomes.Count.ShouldBe(2);
        outcomes.ShouldAllBe(outcome => outcome.Fate == FileFate.NotSent && outcome.Words.Contains("listen"));
    }

    [Fact]
    public void A_folder_that_is_not_there_or_empty_is_a_fault_in_words()
    {
        Should.Throw<UserFault>(() => Consignment.Gather(_outbox.At("nowhere"))).Message.ShouldContain("nowhere");
        Should.Throw<UserFault>(() => Consignment.Gather(_outbox.Path)).Message.ShouldContain("no file");
    }

    private async Task<List<FileOutcome>> SendAsync(int port)
    {
        var receiver = new AssociationRequest { Host = "127.0.0.1", Port = port, CalledAe = "PEER" };
        return await new Sender(receiver).SendAsync(Consignment.Gather(_outbox.Path).Files, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);
    }

    private void WriteFiles(int count)
    {
        for (var i = 0; i < count; i++) Write($"a{i}.dcm", DicomUid.CTImageStorage);
    }

    private void Write(string name, string sopClass)
    {
        var dataset = new DicomDataset()
            .Set(DicomTag.SOPClassUID, sopClass)
            .Set(DicomTag.SOPInstanceUID, DicomUid.NewRandom())
            .Set(DicomTag.StudyInstanceUID, "2.25.1").Set(DicomTag.SeriesInstanceUID, "2.25.2")
            .Set(DicomTag.Modality, "CT").Set(DicomTag.PatientID, "P1").Set(DicomTag.PatientName, "Phantom^One");
        new DicomFile(dataset).Write(_outbox.At(name));
    }
}
