using System.Runtime.CompilerServices;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>Streams of PDUs with a few things wrong, on the receiver whole: it ends each connection, keeps nothing that is not what was sent, and throws nothing.</summary>
public sealed class PduFuzzTests
{
    private const string Find = DicomUid.StudyRootQueryRetrieveInformationModelFind;

    // What a connection holds at once, and what it makes: far less than the lengths that mutated streams declare.
    private const long MostAllocated = 4 << 20;

    [Fact]
    public async Task Storing()
    {
        var sample = new SampleObject { PixelBytes = 64 };
        byte[] stream = [.. Wire.CtRequest(), .. Wire.Store(sample, piece: 200), .. Wire.Store(sample, piece: 90, messageId: 2), .. Wire.ReleaseRequest()];
        await Fuzz.CasesAsync(fast: 2_000, whole: 60_000, async random =>
        {
            var storage = new MemoryStorage();
            var before = GC.GetAllocatedBytesForCurrentThread();
            await AttackAsync(new DicomConnectionHandler(new DicomScpOptions(), storage, TimeProvider.System), Mutation.Of(stream, random));
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(MostAllocated); // all of it runs on this thread
            foreach (var (uid, bytes) in storage.Kept)
            {
                using var scan = new DataSetScan(ScanEncoding.ExplicitLittleEndian);
                scan.Feed(bytes);
                scan.Complete();
                scan.IsLost.ShouldBeFalse();
                scan.Uid(ScanTag.SopInstanceUid).ShouldBe(uid);
            }
        });
    }

    [Fact]
    public async Task Asking_and_reporting()
    {
        var services = new OpenHouse(
            new FindService([Find], Match),
            new CommitmentService((request, _) => new(new CommitmentResult(request.TransactionUid, request.Instances, []))),
            new CommitmentReports((_, _) => default),
            new AvailabilityService((_, _) => default));
        var options = new DicomScpOptions { Operations = new(4, 4) };
        var stream = Questions();
        await Fuzz.CasesAsync(fast: 1_000, whole: 60_000, random =>
            AttackAsync(new DicomConnectionHandler(options, services, TimeProvider.System), Mutation.Of(stream, random)));
    }

    [Fact]
    public async Task Answers_to_a_requestor()
    {
        var answers = Answers();
        await Fuzz.CasesAsync(fast: 1_000, whole: 60_000, async random =>
        {
            using var link = new ScriptedLink(isRequestor: true);
            await link.Upper.RequestAsync(ScriptedLink.Bytes(PduType.AssociateRequest));
            await link.SayAsync(Mutation.Of(answers, random));
            link.HangUp();
            var answer = await link.ReceiveAsync();
            if (answer.Kind != IndicationKind.Accepted || !AssociateAccept.TryRead(answer.Body, out _)) return;
            var context = new PresentationContext(1, Find, DicomUid.ExplicitVRLittleEndian, Performs: false, Invokes: true);
            var exchange = new MessageExchange(
                link.Upper, new Agreement(new Dictionary<byte, PresentationContext> { [1] = context }, 16384, 2, 1), Limits(), []);
            var first = await exchange.InvokeAsync(context, new CommandSet { Field = CommandField.FindRequest, MessageId = 0 }, (Stream?)null, CancellationToken.None);
            var running = exchange.RunAsync();
            try
            {
                while ((await first.NextAsync(CancellationToken.None)).Command.Status.IsPending) { }
            }
            catch (DicomNetworkException)
            {
                // The stream said nothing usable.
            }

            await link.Upper.AbortAsync("enough");
            await running;
        });
    }

    private static MessageLimits Limits() => new(
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), 1 << 20, new MemoryBudget(1 << 24), new BytesInFlight(1 << 20), ScanLimits.Default, TimeProvider.System);

    /// <summary>However the connection ends, nothing that it was given is still counted as its.</summary>
    private static async Task AttackAsync(DicomConnectionHandler handler, byte[] stream)
    {
        await PipedConnection.ExchangeAsync(handler, stream);
        handler.Shared.Memory.Used.ShouldBe(0);
        handler.Shared.InFlight.Used.ShouldBe(0);
    }

    private static async IAsyncEnumerable<DicomDataset> Match(FindRequest request, [EnumeratorCancellation] CancellationToken cancelled)
    {
        for (var i = 0; i < 3; i++)
        {
            yield return new DicomDataset().Set(DicomTag.StudyInstanceUID, $"1.2.{i}");
            await Task.Yield();
        }
    }

    private static byte[] Questions()
    {
        string[] classes = [Find, DicomUid.StorageCommitmentPushModel, DicomUid.InstanceAvailabilityNotification];
        var request = Wire.Request([.. AssociationRequest.For(classes)]);
        var commitment = new CommitmentRequest("1.2.3", [new SopReference(SampleObject.CtImageStorage, "1.2.3.4"), new SopReference(SampleObject.CtImageStorage, "1.2.3.5")]);
        var result = new CommitmentResult("1.2.3", commitment.Instances, [(commitment.Instances[0], CommitmentFailure.NoSuchInstance)]);
        var notification = new AvailabilityNotification("1.2.9", "1.2.8", [new AvailableInstance("1.2.7", commitment.Instances[0], "ONLINE", "AE")]);
        return
        [
            .. request,
            .. Wire.Message(1, new CommandSet { Field = CommandField.FindRequest, MessageId = 1, AffectedSopClassUid = Find }, new DicomDataset().Set(DicomTag.QueryRetrieveLevel, "STUDY").SetEmpty(DicomTag.StudyInstanceUID)),
            .. Wire.Message(1, new CommandSet { Field = CommandField.CancelRequest, MessageId = 1 }, null),
            .. Wire.Message(3, CommitmentRequest.Action() with { MessageId = 2 }, commitment.ToDataset()),
            .. Wire.Message(3, result.Report() with { MessageId = 3 }, result.ToDataset()),
            .. Wire.Message(5, new CommandSet { Field = CommandField.CreateRequest, MessageId = 4, AffectedSopClassUid = DicomUid.InstanceAvailabilityNotification }, notification.ToDataset()),
            .. Wire.ReleaseRequest(),
        ];
    }

    private static byte[] Answers()
    {
        var find = new CommandSet { Field = CommandField.FindRequest, MessageId = 1, AffectedSopClassUid = Find };
        return
        [
            .. ScriptedLink.Bytes(PduType.AssociateAccept),
            .. Wire.Message(1, find.Response(DimseStatus.Pending), new DicomDataset().Set(DicomTag.StudyInstanceUID, "1.2.3")),
            .. Wire.Message(1, find.Response(DimseStatus.Pending), new DicomDataset().Set(DicomTag.StudyInstanceUID, "1.2.4")),
            .. Wire.Message(1, find.Response(DimseStatus.Success), null),
        ];
    }
}
