using System.Buffers;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Dicom.Tests.Network;

public sealed class PduTests
{
    [Fact]
    public void A_request_reads_back_as_it_was_written()
    {
        ProposedContext[] contexts = [new(1, SampleObject.CtImageStorage, [DicomUid.ExplicitVRLittleEndian, DicomUid.ImplicitVRLittleEndian]), new(3, DicomUid.Verification, [DicomUid.ImplicitVRLittleEndian])];
        AssociateRequest.TryRead(Wire.Request(contexts).AsSpan(PduHeader.Size), out var read).ShouldBeTrue();
        (read!.CalledAe, read.CallingAe, read.User.MaxPduLength, read.User.ImplementationClassUid, read.User.ImplementationVersion)
            .ShouldBe(("TRIAGE", "SCRIPT", 16384u, "1.2.3", "SCRIPT_1"));
        read.Contexts.Select(c => (c.Id, c.AbstractSyntax, string.Join(' ', c.TransferSyntaxes)))
            .ShouldBe(contexts.Select(c => (c.Id, c.AbstractSyntax, string.Join(' ', c.TransferSyntaxes))));
    }

    [Fact]
    public void A_request_body_cut_anywhere_is_malformed()
    {
        var body = Wire.CtRequest().AsSpan(PduHeader.Size);
        // A cut between items leaves a body that is sound but lacks the user information.
        for (var cut = 0; cut < body.Length; cut++) AssociateRequest.TryRead(body[..cut], out _).ShouldBeFalse($"cut at {cut}");
    }

    [Theory, InlineData((byte)2), InlineData((byte)0)]
    public void An_even_context_id_is_malformed(byte id) =>
        AssociateRequest.TryRead(Wire.Request(new ProposedContext(id, DicomUid.Verification, [DicomUid.ImplicitVRLittleEndian])).AsSpan(PduHeader.Size), out _).ShouldBeFalse();

    [Theory, InlineData(0u), InlineData(1u), InlineData(6u), InlineData(uint.MaxValue)]
    public void A_value_longer_or_shorter_than_its_pdu_can_hold_is_malformed(uint declared)
    {
        byte[] body = [0, 0, 0, 5, 1, 0b11, 0xAA, 0xBB, 0xCC]; // context 1, last command fragment
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(body, declared);
        var values = new PdvStream();
        values.Begin(new PduHeader(PduType.Data, (uint)body.Length));
        var rest = new ReadOnlySequence<byte>(body);
        values.Next(ref rest, out _).ShouldBe(PdvStep.Malformed);
    }

    [Fact]
    public void A_value_arriving_byte_by_byte_is_passed_on_whole()
    {
        byte[] body = [0, 0, 0, 5, 1, 0b11, 0xAA, 0xBB, 0xCC, 0, 0, 0, 2, 3, 0b10];
        var values = new PdvStream();
        values.Begin(new PduHeader(PduType.Data, (uint)body.Length));
        var seen = new List<string>();
        for (var (from, upTo) = (0, 1); upTo <= body.Length; upTo++)
        {
            var rest = new ReadOnlySequence<byte>(body, from, upTo - from);
            while (values.Next(ref rest, out var f) is var step && step == PdvStep.Read) seen.Add($"{f.ContextId}:{Convert.ToHexString(f.Bytes.ToArray())}:{f.EndsMessagePart}");
            from = upTo - (int)rest.Length;
        }

        seen.ShouldBe(["1:AA:False", "1:BB:False", "1:CC:True", "3::True"]);
        values.IsInsidePdu.ShouldBeFalse();
    }

    [Fact]
    public void A_command_set_reads_back_and_cut_anywhere_is_malformed_or_incomplete()
    {
        var written = new CommandSet { Field = CommandField.StoreResponse, MessageId = 7, AffectedSopClassUid = "1.2.3", AffectedSopInstanceUid = "1.2.3.4", Status = DimseStatus.OutOfResources, ErrorComment = "disk" };
        var encoded = new PduBuffer();
        written.Encode(encoded);
        var bytes = encoded.Written.ToArray();
        CommandSet.TryRead(bytes, out var read).ShouldBeTrue();
        read.ShouldBe(written);
        for (var cut = 0; cut < bytes.Length; cut++)
        {
            if (CommandSet.TryRead(bytes.AsSpan(0, cut), out var partial)) partial.ShouldNotBe(written);
        }
    }

    [Fact]
    public void Every_status_of_the_table_but_stored_is_a_failure()
    {
        foreach (var verdict in Enum.GetValues<StoreVerdict>()) verdict.Status().IsFailure.ShouldBe(verdict != StoreVerdict.Stored, $"{verdict}");
    }
}
