using TriageWorker.Dicom;
using TriageWorker.Store;

namespace TriageWorker.Delivery;

/// <summary>A place that documents are brought to.</summary>
public interface IDestination
{
    /// <summary>Makes ready to hand over a document of one of these SOP classes, the best first.</summary>
    /// <exception cref="IOException">Not now; the message says why. Trying again later may help, unless it is a network fault that says it will not.</exception>
    Task<IHandover> OpenAsync(IReadOnlyList<string> sopClasses, CancellationToken stop);
}

/// <summary>A destination that is ready.</summary>
public interface IHandover : IAsyncDisposable
{
    /// <summary>The best SOP class that the destination takes.</summary>
    string SopClassUid { get; }

    /// <summary>Hands the document over. What the destination answers is a value; only a broken way to it is an exception.</summary>
    /// <param name="part10">The whole file; it is sent as it is.</param>
    /// <exception cref="IOException">The way broke; it may or may not have arrived.</exception>
    Task<Handed> SendAsync(DicomFile document, ReadOnlyMemory<byte> part10, CancellationToken stop);
}

/// <summary>What a destination answered.</summary>
public abstract record Handed
{
    private Handed()
    {
    }

    /// <summary>It has it now, or had it already.</summary>
    public sealed record Taken : Handed;

    /// <summary>It has not, and this is what that means for another attempt.</summary>
    public sealed record NotTaken(WorkFault Fault) : Handed;
}
