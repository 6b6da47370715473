using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom;
using TriageWorker.Store;

namespace TriageWorker.Benchmarks.Spooling;

/// <summary>What the product does: names made and synced beforehand, hashed as it comes, one fsync of its own file.</summary>
internal sealed class ProductsSpool : IKeeping
{
    private readonly Spool _spool;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _names;

    /// <param name="preparesNames">False: each object makes its own name and syncs the folder itself.</param>
    public ProductsSpool(string folder, bool preparesNames)
    {
        Name = preparesNames ? "the product's spool" : "its folder synced for each object";
        _spool = new Spool(Options.Create(new SpoolOptions { Folder = folder, MinimumFreeBytes = 0 }), NullLogger<Spool>.Instance);
        if (preparesNames) _spool.PrepareNames();
        _names = preparesNames ? PrepareAsync() : Task.CompletedTask;
    }

    public string Name { get; }

    public async Task KeepAsync(IReadOnlyList<ReadOnlyMemory<byte>> blocks)
    {
        using var file = _spool.Begin(new SpoolHead(DicomUid.CTImageStorage, DicomUid.NewRandom(), DicomUid.ExplicitVRLittleEndian, "BENCH", "TRIAGE", Guid.NewGuid()));
        foreach (var block in blocks) file.Append(block.Span);
        await file.SealAsync(TimeProvider.System.GetUtcNow());
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _names.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _spool.Dispose();
        _over.Dispose();
    }

    private async Task PrepareAsync()
    {
        while (true)
        {
            var next = _spool.NamesRunLow.Next;
            await Task.Run(_spool.PrepareNames, _over.Token);
            await next.WaitAsync(_over.Token);
        }
    }
}
