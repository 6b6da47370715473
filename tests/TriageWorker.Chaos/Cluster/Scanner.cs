using System.Collections.Concurrent;
using TriageWorker.Dicom.Network;
using TriageWorker.Phantoms;
using TriageWorker.Testing;

namespace TriageWorker.Chaos;

/// <summary>
/// Pushes studies as a scanner does: what was not acknowledged is pushed again, and the whole study with it. Studies are a
/// few drawn bodies under UIDs of their own, 24 slices of 128×128.
/// </summary>
internal sealed class Scanner(int port, string callingAe, TemporaryFolder folder)
{
    private static readonly Lazy<PhantomStudy[]> Bodies = new(() =>
    [
        Phantom.Draw(Small(11, PhantomFindings.None)),
        Phantom.Draw(Small(12, PhantomFindings.Ascites | PhantomFindings.PleuralEffusion)),
        Phantom.Draw(Small(13, PhantomFindings.FreeAir)),
    ]);

    private readonly ConcurrentDictionary<string, byte> _acknowledged = new();
    private readonly ConcurrentBag<string> _studies = [];
    private int _pushes;

    public int Port => port;

    /// <summary>SOP Instance UIDs that were answered with success.</summary>
    public IReadOnlyCollection<string> Acknowledged => [.. _acknowledged.Keys];

    /// <summary>Every study of which at least one image was acknowledged.</summary>
    public IReadOnlyCollection<string> Studies => _studies;

    /// <summary>Associations that were opened, repeats included.</summary>
    public int Pushes => _pushes;

    /// <summary>Pushes one study until all of it is acknowledged.</summary>
    /// <param name="identity">The same identity is the same study.</param>
    /// <param name="ready">Waits until there is a listener again.</param>
    /// <returns>Its Study Instance UID.</returns>
    public async Task<string> PushAsync(string identity, int body, Func<Task> ready, CancellationToken stop)
    {
        var at = folder.At("studies", identity);
        var files = PhantomDicom.Write(Bodies.Value[body % Bodies.Value.Length], at, new PhantomWriteOptions { Identity = identity });
        _studies.Add(files.StudyInstanceUid);
        while (!await PushOnceAsync(identity, files.Files, stop))
        {
            stop.ThrowIfCancellationRequested();
            await ready();
        }

        Directory.Delete(at, recursive: true);
        return files.StudyInstanceUid;
    }

    private async Task<bool> PushOnceAsync(string identity, IReadOnlyList<string> files, CancellationToken stop)
    {
        Interlocked.Increment(ref _pushes);
        // A caller of its own for each study: what a listener that was killed left open holds back this study and no other.
        var caller = $"{callingAe}{(uint)StringComparer.Ordinal.GetHashCode(identity) % 100_000}";
        await using var sender = new DicomSender(new AssociationRequest { Host = "127.0.0.1", Port = port, CalledAe = "TRIAGE", CallingAe = caller, ResponseTimeout = TimeSpan.FromMinutes(2) }) { RetryAfter = [] };
        var all = true;
        await foreach (var outcome in sender.SendAsync(files, stop))
        {
            if (outcome.IsTaken) _acknowledged.TryAdd(outcome.SopInstanceUid, 0);
            else all = false;
        }

        return all;
    }

    private static PhantomSpec Small(int seed, PhantomFindings findings) => new() { Seed = seed, Findings = findings, Severity = 0.8, Matrix = 128, Slices = 24 };
}
