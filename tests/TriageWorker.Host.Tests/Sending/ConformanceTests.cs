using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Sending;

/// <summary>What docs/dicom-conformance.md says of TRIAGE-SEND, against what the verb proposes.</summary>
public sealed class ConformanceTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_proposes_what_the_files_are_and_names_itself_as_the_statement_says()
    {
        using var folder = new TemporaryFolder();
        var pairs = new[]
        {
            (DicomUid.CTImageStorage, TransferSyntax.ExplicitVRLittleEndian), (DicomUid.CTImageStorage, TransferSyntax.ImplicitVRLittleEndian),
            (DicomUid.CTImageStorage, TransferSyntax.ImplicitVRLittleEndian), (DicomUid.MRImageStorage, TransferSyntax.ExplicitVRLittleEndian),
        };
        foreach (var ((sopClass, syntax), i) in pairs.Select((pair, i) => (pair, i)))
            new DicomFile(new DicomDataset().Set(DicomTag.SOPClassUID, sopClass).Set(DicomTag.SOPInstanceUID, DicomUid.NewRandom()), syntax).Write(folder.At($"{i}.dcm"));

        var request = await RequestOfAsync(folder.Path);
        request.Contexts.Select(context => (context.AbstractSyntax, context.TransferSyntaxes.ShouldHaveSingleItem())).ShouldBe(
            pairs.Distinct().Select(pair => (pair.Item1, pair.Item2.Uid)));
        request.CalledAe.ShouldBe("TRIAGE");
        ConformanceStatement.Values("2-10", "TRIAGE-SEND").ShouldBe(ConformanceStatement.ValuesOf(request), ignoreOrder: true);
    }

    /// <summary>The A-ASSOCIATE-RQ of <c>triage send</c>, which is then rejected: nothing more is asked of it.</summary>
    private static async Task<AssociateRequest> RequestOfAsync(string folder)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var sending = TriageProgram.RunAsync("send", folder, "--to", $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        using var client = await listener.AcceptTcpClientAsync(Stop);
        var header = new byte[PduHeader.Size];
        await client.GetStream().ReadExactlyAsync(header, Stop);
        var body = new byte[BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(2))];
        await client.GetStream().ReadExactlyAsync(body, Stop);
        var answer = new PduBuffer();
        AssociateReject.CalledAeNotRecognised.Write(answer);
        await client.GetStream().WriteAsync(answer.Written, Stop);
        (await sending).ExitCode.ShouldBe(1);
        AssociateRequest.TryRead(body, out var request).ShouldBeTrue();
        return request!;
    }
}
