using TriageWorker.Dicom.Network;

namespace TriageWorker.Dicom.Tests.Network;

public sealed class NegotiationTests
{
    private const string Commitment = DicomUid.StorageCommitmentPushModel, Find = DicomUid.StudyRootQueryRetrieveInformationModelFind;

    private static readonly UserInformation s_everything = new(16384, "1.2.3", "EVERYTHING")
    {
        Operations = new AsynchronousOperations(8, 4),
        Roles = [new RoleSelection(Commitment, IsScu: false, IsScp: true)],
        Extended = [new ExtendedNegotiation(SampleObject.CtImageStorage, new byte[] { 2, 0, 3, 0, 1, 0 })],
        CommonExtended = [new CommonExtendedNegotiation(DicomUid.EnhancedCTImageStorage, "1.2.840.10008.4.2", [SampleObject.CtImageStorage, "1.2.3"])],
        Identity = new UserIdentity(UserIdentityKind.UsernameAndPasscode, "anna"u8.ToArray(), "secret"u8.ToArray(), WantsResponse: true),
    };

    [Fact]
    public void Every_item_of_the_user_information_reads_back_as_it_was_written()
    {
        AssociateRequest.TryRead(Body(s_everything), out var read).ShouldBeTrue();
        var user = read!.User;
        user.Operations.ShouldBe(s_everything.Operations);
        user.Roles.ShouldBe(s_everything.Roles);
        (user.Extended.Single().SopClassUid, Convert.ToHexString(user.Extended.Single().Information.Span)).ShouldBe((SampleObject.CtImageStorage, "020003000100"));
        var common = user.CommonExtended.Single();
        (common.SopClassUid, common.ServiceClassUid, string.Join(' ', common.RelatedSopClasses)).ShouldBe((DicomUid.EnhancedCTImageStorage, "1.2.840.10008.4.2", $"{SampleObject.CtImageStorage} 1.2.3"));
        (user.Identity!.Kind, user.Identity.WantsResponse, System.Text.Encoding.UTF8.GetString(user.Identity.Primary.Span), System.Text.Encoding.UTF8.GetString(user.Identity.Secondary.Span))
            .ShouldBe((UserIdentityKind.UsernameAndPasscode, true, "anna", "secret"));
    }

    [Fact]
    public void A_request_with_every_item_cut_anywhere_is_malformed_or_lacks_what_was_cut()
    {
        var body = Body(s_everything);
        for (var cut = 0; cut < body.Length; cut++) AssociateRequest.TryRead(body.AsSpan(0, cut), out _).ShouldBeFalse($"cut at {cut}");
    }

    [Fact]
    public void What_identifies_a_user_is_not_in_the_text_of_anything()
    {
        $"{s_everything}".ShouldNotContain("anna");
        $"{s_everything.Identity}".ShouldBe("UsernameAndPasscode");
    }

    [Theory]
    [InlineData(0, 0, 8, 8)] // any number: what this side can
    [InlineData(100, 100, 8, 8)]
    [InlineData(3, 2, 3, 2)]
    public void The_window_is_no_wider_than_asked_for_and_than_allowed(ushort invoked, ushort performed, ushort expectedInvoked, ushort expectedPerformed)
    {
        var (accept, agreement) = Answer(
            new UserInformation(0, "1.2", "X") { Operations = new(invoked, performed) }, new DicomScpOptions { Operations = new(8, 8) });
        accept.User.Operations.ShouldBe(new AsynchronousOperations(expectedInvoked, expectedPerformed));
        (agreement.MaxPerformed, agreement.MaxInvoked).ShouldBe((expectedInvoked, expectedPerformed));
    }

    [Fact]
    public void Who_does_not_ask_for_a_window_gets_none_and_one_operation_at_a_time()
    {
        var (accept, agreement) = Answer(new UserInformation(0, "1.2", "X"), new DicomScpOptions { Operations = new(8, 8) });
        accept.User.Operations.ShouldBeNull();
        (agreement.MaxPerformed, agreement.MaxInvoked).ShouldBe((1, 1));
    }

    [Theory]
    [InlineData(0u, 262144u), InlineData(16384u, 16384u), InlineData(1_000_000u, 262144u), InlineData(1u, 8u)]
    public void What_is_sent_is_as_long_as_the_peer_takes_and_no_longer_than_helps(uint peer, uint expected) =>
        Answer(new UserInformation(peer, "1.2", "X"), new DicomScpOptions()).Agreement.MaxPduSent.ShouldBe(expected);

    [Fact]
    public void Storage_answers_that_it_keeps_every_bit()
    {
        var answered = Answer(s_everything, new DicomScpOptions()).Accept.User.Extended.Single();
        (answered.SopClassUid, Convert.ToHexString(answered.Information.Span)).ShouldBe((SampleObject.CtImageStorage, "020003000000"));
    }

    [Theory]
    [InlineData(false, true, false, true)] // an archive that calls to report
    [InlineData(true, true, true, true)]
    [InlineData(true, false, true, false)]
    public void Roles_are_those_whose_other_half_is_here(bool scu, bool scp, bool expectedScu, bool expectedScp)
    {
        var user = new UserInformation(0, "1.2", "X") { Roles = [new RoleSelection(Commitment, scu, scp), new RoleSelection(Find, false, true), new RoleSelection("1.2.3", true, true)] };
        var (accept, agreement) = Answer(user, new DicomScpOptions());
        accept.User.Roles.ShouldBe([new RoleSelection(Commitment, expectedScu, expectedScp), new RoleSelection(Find, false, false)]);
        var context = agreement.Contexts.Values.Single(context => context.AbstractSyntax == Commitment);
        (context.Performs, context.Invokes).ShouldBe((expectedScu, expectedScp));
    }

    [Fact]
    public void Each_context_gets_the_result_that_says_why()
    {
        var (accept, _) = Answer(new UserInformation(0, "1.2", "X"), new DicomScpOptions());
        accept.Contexts.Select(context => (context.Id, context.Result)).ShouldBe(
            [((byte)1, ContextResult.Accepted), ((byte)3, ContextResult.Accepted), ((byte)5, ContextResult.Accepted), ((byte)7, ContextResult.AbstractSyntaxNotSupported), ((byte)9, ContextResult.TransferSyntaxesNotSupported)]);
        accept.Contexts[0].TransferSyntax.ShouldBe(DicomUid.JPEG2000Lossless); // lossless before lossy, else as proposed
        accept.Contexts[1].TransferSyntax.ShouldBe(DicomUid.ExplicitVRLittleEndian); // one that says value representations
    }

    [Fact]
    public void A_user_is_answered_only_when_the_service_recognised_one_that_asked()
    {
        var recognised = new UserIdentityResponse(Array.Empty<byte>());
        Answer(s_everything, new DicomScpOptions(), recognised).Accept.User.IdentityResponse.ShouldBe(recognised);
        Answer(s_everything, new DicomScpOptions()).Accept.User.IdentityResponse.ShouldBeNull();
        Answer(s_everything with { Identity = s_everything.Identity! with { WantsResponse = false } }, new DicomScpOptions(), recognised).Accept.User.IdentityResponse.ShouldBeNull();
    }

    [Fact]
    public void Options_out_of_bounds_are_all_named_at_once()
    {
        var options = new DicomScpOptions { MaxPduLength = 100, MaxAssociations = 0, CloseTimeout = TimeSpan.FromHours(1), Operations = new(0, 1) };
        var fault = Should.Throw<ArgumentException>(() => new DicomConnectionHandler(options, new MemoryStorage(), TimeProvider.System));
        foreach (var name in (string[])["MaxPduLength is 100", "MaxAssociations is 0", "CloseTimeout is 3600", "Operations.Invoked is 0"]) fault.Message.ShouldContain(name);
        new DicomScpOptions().Faults().ShouldBeEmpty();
    }

    private static (AssociateAccept Accept, Agreement Agreement) Answer(UserInformation user, DicomScpOptions options, UserIdentityResponse? identity = null)
    {
        DimseService[] services =
        [
            new VerificationService(),
            new StorageService(null!),
            new FindService([Find], (_, _) => AsyncEnumerable.Empty<DicomDataset>()),
            new CommitmentService((_, _) => new((CommitmentResult?)null)),
            new CommitmentReports((_, _) => default),
        ];
        return new Negotiation(Request(user), services, options).Answer(identity);
    }

    private static AssociateRequest Request(UserInformation user) => new("TRIAGE", "SCRIPT", AssociateRequest.DicomApplicationContext,
        [
            new ProposedContext(1, SampleObject.CtImageStorage, [DicomUid.JPEGBaseline8Bit, DicomUid.JPEG2000Lossless, DicomUid.ImplicitVRLittleEndian]),
            new ProposedContext(3, Find, [DicomUid.ImplicitVRLittleEndian, DicomUid.ExplicitVRLittleEndian]),
            new ProposedContext(5, Commitment, [DicomUid.ImplicitVRLittleEndian]),
            new ProposedContext(7, "1.2.3.4", [DicomUid.ImplicitVRLittleEndian]),
            new ProposedContext(9, SampleObject.CtImageStorage, ["1.2.3.4.5"]),
        ], user);

    private static byte[] Body(UserInformation user)
    {
        var pdu = new PduBuffer();
        Request(user).Write(pdu);
        return pdu.Written[PduHeader.Size..].ToArray();
    }
}
