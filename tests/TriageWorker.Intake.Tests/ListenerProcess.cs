using System.Diagnostics;
using System.Globalization;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Intake.Tests;

/// <summary>A listener in a process of its own, which is this test executable started with <see cref="Verb"/>.</summary>
internal sealed class ListenerProcess : IDisposable
{
    public const string Verb = "--be-a-listener";

    private readonly Process _started, _listener;

    private ListenerProcess(Process started, int listener, int port, int web) =>
        (_started, _listener, Port, DicomWeb) = (started, Process.GetProcessById(listener), port, new Uri($"http://127.0.0.1:{web}/dicom-web/"));

    public int Port { get; }

    /// <summary>What its DICOMweb resources stand below, with a slash at the end.</summary>
    public Uri DicomWeb { get; }

    /// <summary>The most memory it ever held, in bytes (VmHWM).</summary>
    public long PeakMemory => 1024 * long.Parse(
        File.ReadLines($"/proc/{_listener.Id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split((char[])[':', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    /// <param name="under">The program that starts the listener in order to watch it, and its options; none by default.</param>
    public static Task<ListenerProcess> StartAsync(string connection, string spool, params string[] under) => StartAsync(under, connection, spool, []);

    /// <param name="settings">Each as <c>key=value</c>.</param>
    public static Task<ListenerProcess> StartWithAsync(string connection, string spool, params string[] settings) => StartAsync([], connection, spool, settings);

    private static async Task<ListenerProcess> StartAsync(string[] under, string connection, string spool, string[] settings)
    {
        string[] command = [.. under, Environment.ProcessPath!, Verb, connection, spool, .. settings];
        var process = ExternalTool.Start(command[0], command[1..]);
        if (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is not { } line)
            throw new InvalidOperationException($"The listener did not start: {await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)}");
        var said = line.Split(' ').Select(word => int.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        return new ListenerProcess(process, said[1], said[0], said[2]);
    }

    public AssociationRequest Call(IEnumerable<string> files) =>
        new() { Host = "127.0.0.1", Port = Port, CalledAe = "TRIAGE", CallingAe = "CT1", Contexts = AssociationRequest.ForFiles(files) };

    /// <summary>SIGKILL.</summary>
    public void Kill() => _listener.Kill();

    public void Dispose()
    {
        if (!_started.HasExited) Kill(); // what watches it ends with it
        _started.WaitForExit();
        _started.Dispose();
        _listener.Dispose();
    }

    /// <summary>The child's side: says its ports and process id, and listens until it is killed.</summary>
    public static async Task<int> RunAsync(string connection, string spool, string[] settings)
    {
        await using var intake = await RunningIntake.StartAsync(connection, spool, [.. settings.Select(setting => setting.Split('=', 2)).Select(pair => (pair[0], pair[1]))]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{intake.Port} {Environment.ProcessId} {intake.DicomWeb.Port}"));
        await Task.Delay(Timeout.InfiniteTimeSpan);
        return 0;
    }
}
