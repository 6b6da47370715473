using TriageWorker.Dicom.Network;

namespace TriageWorker.Dicom.Tests.Network;

public sealed class StoreStatusTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_object_under_another_uid_than_its_command_gets_A900()
    {
        var other = new SampleObject { SopInstanceUid = "1.2.3.4" };
        (await StatusOf(new SampleObject(), other.DataSet())).ShouldBe(new DimseStatus(0xA900));
    }

    [Fact]
    public async Task A_data_set_that_ends_in_the_middle_of_its_pixels_gets_C000()
    {
        var sample = new SampleObject();
        (await StatusOf(sample, sample.DataSet()[..^10])).ShouldBe(new DimseStatus(0xC000));
    }

    [Fact]
    public async Task An_object_without_study_uid_gets_C001()
    {
        var sample = new SampleObject { StudyUid = "" };
        (await StatusOf(sample, sample.DataSet())).ShouldBe(new DimseStatus(0xC001));
    }

    [Fact]
    public async Task A_command_whose_instance_is_no_uid_is_refused_before_anything_is_kept()
    {
        var sample = new SampleObject { SopInstanceUid = "../../etc/x" };
        (await StatusOf(sample, sample.DataSet())).ShouldBe(DimseStatus.MistypedArgument);
    }

    [Fact]
    public async Task A_full_disk_gets_A700_and_the_association_goes_on()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Storage.Trouble = new IOException("No space left on device : '/srv/spool/x.part'");
        byte[] stream = [.. Wire.CtRequest(), .. Wire.Store(new SampleObject()), .. Wire.Store(new SampleObject(), messageId: 2)];
        var responses = Wire.Responses(await Wire.ExchangeAsync(receiver.Port, stream, Stop));
        responses.Select(response => response.Status).ShouldBe([DimseStatus.OutOfResources, DimseStatus.OutOfResources]);
        responses.ShouldAllBe(response => response.ErrorComment == "out of resources"); // the folders of this machine are not the peer's business
        receiver.Storage.Refusals.Count(refusal => refusal.Because.Contains("/srv/spool", StringComparison.Ordinal)).ShouldBe(2);
        receiver.Storage.SetAside.ShouldBeEmpty();
        var ending = await receiver.Storage.NextEndingAsync();
        (ending.Objects, ending.Refused).ShouldBe((0, 2));
    }

    [Fact]
    public async Task Nothing_is_written_of_an_object_behind_the_point_where_it_cannot_be_followed()
    {
        await using var receiver = await Receiver.StartAsync(new DicomScpOptions { Scan = new ScanLimits { MaxLength = 10_000 } });
        var sample = new SampleObject { PixelBytes = 1_000_000 };
        byte[] stream = [.. Wire.CtRequest(), .. Wire.Store(sample, piece: 1000), .. Wire.ReleaseRequest()];
        Wire.Statuses(await Wire.ExchangeAsync(receiver.Port, stream, Stop)).ShouldBe([DimseStatus.CannotUnderstand]);
        receiver.Storage.SetAside[sample.SopInstanceUid].Length.ShouldBeInRange(10_000, 200_000);
    }

    [Fact]
    public async Task A_damaged_object_is_refused_and_the_next_one_is_kept()
    {
        await using var receiver = await Receiver.StartAsync();
        var sample = new SampleObject();
        byte[] stream = [.. Wire.CtRequest(), .. Wire.Store(sample, sample.DataSet()[..^10]), .. Wire.Store(sample, messageId: 2), .. Wire.ReleaseRequest()];
        Wire.Statuses(await Wire.ExchangeAsync(receiver.Port, stream, Stop)).ShouldBe([DimseStatus.CannotUnderstand, DimseStatus.Success]);
        receiver.Storage.Refusals.Single().Because.ShouldStartWith("Truncated at byte");
    }

    [Fact]
    public async Task An_operation_nobody_offers_is_answered_after_its_data_set()
    {
        await using var receiver = await Receiver.StartAsync();
        var pdu = new PduBuffer();
        new CommandSet { Field = CommandField.FindRequest, MessageId = 9, HasDataSet = true, AffectedSopClassUid = SampleObject.CtImageStorage }.Write(pdu, 1);
        var data = pdu.BeginPdu(PduType.Data);
        var value = pdu.BeginPdv(1, isCommand: false, isLast: true);
        pdu.Zeros(8).EndPdv(value).EndPdu(data);
        byte[] stream = [.. Wire.CtRequest(), .. pdu.Written.Span, .. Wire.ReleaseRequest()];
        Wire.Statuses(await Wire.ExchangeAsync(receiver.Port, stream, Stop)).ShouldBe([DimseStatus.UnrecognisedOperation]);
        (await receiver.Storage.NextEndingAsync()).Kind.ShouldBe(EndingKind.Released);
    }

    private static async Task<DimseStatus> StatusOf(SampleObject command, byte[] dataSet)
    {
        await using var receiver = await Receiver.StartAsync();
        byte[] stream = [.. Wire.CtRequest(), .. Wire.Store(command, dataSet, piece: 77), .. Wire.ReleaseRequest()];
        var status = Wire.Statuses(await Wire.ExchangeAsync(receiver.Port, stream, Stop)).Single();
        receiver.Storage.Kept.ShouldBeEmpty();
        return status;
    }
}
