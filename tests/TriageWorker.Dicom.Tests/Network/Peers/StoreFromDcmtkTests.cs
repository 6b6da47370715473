using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>What DCMTK's senders send to our receiver, and whether it is what arrives.</summary>
public sealed class StoreFromDcmtkTests
{
    [Fact]
    public async Task Echoscu_is_answered_and_releases()
    {
        await using var receiver = await Receiver.StartAsync();
        (await Peer.CallAsync("echoscu", receiver.Port, [])).Expect();
        (await receiver.Storage.NextEndingAsync()).ShouldBe(new AssociationEnding(EndingKind.Released, "released", 0, 0, 0));
    }

    [Fact]
    public async Task Echoscu_that_proposes_all_that_an_association_can_hold_is_answered_as_often_as_it_asks()
    {
        await using var receiver = await Receiver.StartAsync();
        var said = (await Peer.CallAsync("echoscu", receiver.Port, ["-ppc", "128", "-pts", "38", "--repeat", "5"])).Expect().Output;
        Occurrences(said, "Received Echo Response (Success)").ShouldBe(5);
        (await receiver.Storage.NextEndingAsync()).Kind.ShouldBe(EndingKind.Released);
    }

    [Fact]
    public async Task An_abort_of_echoscu_is_recorded_as_its_own()
    {
        await using var receiver = await Receiver.StartAsync();
        await Peer.CallAsync("echoscu", receiver.Port, ["--abort"]);
        (await receiver.Storage.NextEndingAsync()).ShouldBe(new AssociationEnding(EndingKind.AbortedByCaller, "aborted by the service user between messages", 0, 0, 0));
    }

    [Theory, InlineData(4096), InlineData(16384), InlineData(32768), InlineData(131072)]
    public async Task Storescu_sends_bytes_that_arrive_unchanged_whatever_pdu_the_receiver_allows(int pdu)
    {
        using var folder = new TemporaryFolder();
        var sample = new SampleObject { PixelBytes = 512 * 512 * 2, UsesDelimiters = false };
        sample.Write(folder.At("ct.dcm"));
        await using var receiver = await Receiver.StartAsync(new DicomScpOptions { MaxPduLength = (uint)pdu });
        (await Peer.CallAsync("storescu", receiver.Port, ["-pdu", $"{pdu}"], folder.At("ct.dcm"))).Expect();

        receiver.Storage.Kept[sample.SopInstanceUid].AsSpan().SequenceEqual(sample.DataSet()).ShouldBeTrue();
        var ending = await receiver.Storage.NextEndingAsync();
        (ending.Kind, ending.Objects, ending.Refused).ShouldBe((EndingKind.Released, 1, 0));
    }

    [Theory]
    [InlineData("-xe", DicomUid.ExplicitVRLittleEndian)]
    [InlineData("-xi", DicomUid.ImplicitVRLittleEndian)]
    [InlineData("-xd", DicomUid.DeflatedExplicitVRLittleEndian)]
    [InlineData("-xr", DicomUid.RLELossless)]
    [InlineData("-xs", DicomUid.JPEGLosslessSV1)]
    [InlineData("-xt", DicomUid.JPEGLSLossless)]
    public async Task Storescu_is_answered_with_the_syntax_it_would_rather_send(string option, string syntax)
    {
        using var folder = new TemporaryFolder();
        var path = await CtImage.EncodeAsync(folder, 1, syntax);
        await using var receiver = await Receiver.StartAsync();
        (await Peer.CallAsync("storescu", receiver.Port, [option], path)).Expect();

        receiver.Storage.Arrivals.Single().Head.ShouldBe(new StoreHead(DicomUid.CTImageStorage, CtImage.UidOf(1), syntax));
        ArrivedLike(receiver, path);
    }

    [Fact]
    public async Task Dcmsend_sends_a_folder_of_all_syntaxes_over_one_association()
    {
        using var folder = new TemporaryFolder();
        var paths = new List<string>();
        foreach (var syntax in CtImage.Makers.Keys) paths.Add(await CtImage.EncodeAsync(folder, paths.Count + 1, syntax));
        await using var receiver = await Receiver.StartAsync();
        (await Peer.CallAsync("dcmsend", receiver.Port, ["--decompress-never", "--single-association"], paths)).Expect();

        var ending = await receiver.Storage.NextEndingAsync();
        (ending.Kind, ending.Objects, ending.Refused).ShouldBe((EndingKind.Released, paths.Count, 0));
        foreach (var path in paths) ArrivedLike(receiver, path);
        // What is not compressed may be sent in any such syntax.
        receiver.Storage.Arrivals.Select(arrival => arrival.Head.TransferSyntax).Where(syntax => TransferSyntax.Of(syntax).IsEncapsulated)
            .ShouldBe([DicomUid.RLELossless, DicomUid.JPEGLosslessSV1, DicomUid.JPEGLSLossless, DicomUid.JPEGLSNearLossless], ignoreOrder: true);
    }

    [Fact]
    public async Task Dcmsend_sends_real_images_of_every_kind_and_each_value_arrives()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        string[] paths =
        [
            .. Directory.GetFiles(Shared.At("data", "corpus", "cornerstone_ct_every_transfer_syntax"), "CTImage.dcm_*"),
            .. Directory.GetFiles(Shared.At("data", "corpus", "nema_wg04_ct")),
        ];
        paths = [.. paths.Where(path => AcceptedSyntaxes.Choose([DicomFile.Read(path).TransferSyntax.Uid]) is not null)];
        paths.Length.ShouldBeGreaterThan(20);
        await using var receiver = await Receiver.StartAsync();
        (await Peer.CallAsync("dcmsend", receiver.Port, ["--decompress-never", "--no-uid-checks"], paths)).Expect();
        foreach (var path in paths) ArrivedLike(receiver, path);
        receiver.Storage.Refusals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Storescu_is_told_that_a_full_disk_may_be_better_later()
    {
        using var folder = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        receiver.Storage.Trouble = new IOException("No space left on device");
        var said = (await Peer.CallAsync("storescu", receiver.Port, [], CtImage.WriteMany(folder, 2))).Output;
        said.ShouldContain("Refused: OutOfResources");
        receiver.Storage.Trouble = null;
        (await Peer.CallAsync("storescu", receiver.Port, [], CtImage.Write(folder.At("again.dcm"), 1))).Expect();
        receiver.Storage.Kept.Keys.ShouldBe([CtImage.UidOf(1)]);
    }

    [Theory]
    [InlineData(new[] { "--user", "jörg" }, UserIdentityKind.Username, "jörg", "")]
    [InlineData(new[] { "--user", "jörg", "--password", "geheim" }, UserIdentityKind.UsernameAndPasscode, "jörg", "geheim")]
    public async Task Storescu_shows_its_user_and_is_told_that_it_was_recognised(string[] options, UserIdentityKind kind, string user, string passcode)
    {
        using var folder = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        receiver.Storage.Recognised = new UserIdentityResponse(default);
        (await Peer.CallAsync("storescu", receiver.Port, [.. options, "--pos-response"], CtImage.Write(folder.At("ct.dcm"), 1))).Expect();

        var identity = receiver.Storage.Callers.Single().Identity.ShouldNotBeNull();
        (identity.Kind, identity.WantsResponse).ShouldBe((kind, true));
        Text(identity.Primary).ShouldBe(user);
        Text(identity.Secondary).ShouldBe(passcode);
        receiver.Storage.Kept.Keys.ShouldBe([CtImage.UidOf(1)]);

        static string Text(ReadOnlyMemory<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes.Span);
    }

    [Fact]
    public async Task Storescu_that_insists_on_being_recognised_sends_nothing_to_a_receiver_that_says_nothing()
    {
        using var folder = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        var result = await Peer.CallAsync("storescu", receiver.Port, ["--user", "jörg", "--pos-response"], CtImage.Write(folder.At("ct.dcm"), 1));
        result.ExitCode.ShouldNotBe(0);
        result.Output.ShouldContain("User Identity");
        receiver.Storage.Kept.ShouldBeEmpty();
        (await receiver.Storage.NextEndingAsync()).Objects.ShouldBe(0);
    }

    /// <summary>Several files may be one image in several syntaxes.</summary>
    private static void ArrivedLike(Receiver receiver, string path)
    {
        var sent = DicomFile.Read(path);
        var uid = sent.Dataset.GetString(DicomTag.SOPInstanceUID);
        receiver.Storage.Arrivals
            .Where(arrival => arrival.Head.SopInstanceUid == uid)
            .Where(arrival => arrival.Head.TransferSyntax == sent.TransferSyntax.Uid || !sent.TransferSyntax.IsEncapsulated)
            .Select(arrival => DataSetDifferences.Between(sent.Dataset, DicomDataset.Parse(arrival.DataSet, TransferSyntax.Of(arrival.Head.TransferSyntax))).ToList())
            .MinBy(differences => differences.Count).ShouldNotBeNull(path).ShouldBeEmpty(path);
    }

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;
}
