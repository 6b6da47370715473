using System.Runtime.CompilerServices;

namespace TriageWorker.Benchmarks.Dicom;

/// <summary>What a receiver left in its folder, one file per object.</summary>
public sealed class FolderContent(string folder)
{
    public int Count => Directory.EnumerateFiles(folder).Count();

    public async IAsyncEnumerable<byte[]> FilesAsync([EnumeratorCancellation] CancellationToken stop)
    {
        foreach (var path in Directory.EnumerateFiles(folder)) yield return await File.ReadAllBytesAsync(path, stop);
    }

    public void Clear()
    {
        foreach (var path in Directory.EnumerateFiles(folder)) File.Delete(path);
    }
}
