namespace TriageWorker.Dicom.Network;

/// <summary>Whom to call, under which names, and for what.</summary>
public sealed record AssociationRequest
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    public required string CalledAe { get; init; }

    public string CallingAe { get; init; } = "TRIAGE";

    /// <summary>What to propose; see <see cref="Verification"/> and <see cref="ForFiles"/>. At most 128.</summary>
    public IReadOnlyList<ProposedContext> Contexts { get; init; } = Verification;

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For the answer to the A-ASSOCIATE-RQ and the A-RELEASE-RQ.</summary>
    public TimeSpan AssociateTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For a DIMSE response after the request's last byte, and for each block the peer must take.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(60);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static IReadOnlyList<ProposedContext> Verification { get; } =
        [new(1, DicomUid.Verification, [DicomUid.ImplicitVRLittleEndian])];

    /// <summary>One context for each pair of SOP class and transfer syntax among the files, since they are sent as they are.</summary>
    /// <exception cref="DicomNetworkException">A file is no Part 10 object, or they need more than 128 contexts.</exception>
    public static IReadOnlyList<ProposedContext> ForFiles(IEnumerable<string> paths) =>
        ForObjects(paths.Select(Part10Head.Read).Select(head => (head.SopClassUid, head.TransferSyntax)));

    /// <inheritdoc cref="ForFiles"/>
    public static IReadOnlyList<ProposedContext> ForObjects(IEnumerable<(string SopClassUid, string TransferSyntax)> objects)
    {
        var pairs = objects.Distinct().ToList();
        if (pairs.Count > AssociateRequest.MaxContexts)
        {
            throw new DicomNetworkException(NetworkFault.UnsuitableFile,
                $"The objects need {pairs.Count} presentation contexts and an association has {AssociateRequest.MaxContexts}: send them in several associations.", false);
        }

        return [.. pairs.Select((pair, i) => new ProposedContext((byte)(2 * i + 1), pair.SopClassUid, [pair.TransferSyntax]))];
    }
}
