using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>How a server on loopback is called, by us and by DCMTK's clients.</summary>
internal static class Peer
{
    /// <summary>A call for verification; other contexts are given by <c>with</c>.</summary>
    public static AssociationRequest At(int port) => new() { Host = "127.0.0.1", Port = port, CalledAe = "ANY-SCP", CallingAe = "TRIAGE" };

    /// <summary>A call to Orthanc under an AE title that it knows (<see cref="OrthancFixture.AddModalityAsync"/>).</summary>
    public static AssociationRequest Of(OrthancFixture orthanc, string callingAe) =>
        At(orthanc.DicomPort) with { CalledAe = OrthancFixture.Ae, CallingAe = callingAe };

    /// <summary>Runs one of DCMTK's clients, which says what it does.</summary>
    /// <param name="files">What to send, for those that send.</param>
    public static Task<ToolResult> CallAsync(string tool, int port, IEnumerable<string> options, params IEnumerable<string> files) =>
        ExternalTool.RunAsync(tool, ["-v", .. options, "127.0.0.1", $"{port}", .. files]);
}
