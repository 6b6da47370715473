using System.Numerics;
using TriageWorker.Models.Checkpoints.Pickles;

namespace TriageWorker.Models.Checkpoints;

/// <summary>
/// A file that PyTorch's <c>torch.save</c> made of a state dictionary: names and tensors. Opening reads names and shapes only; numbers are
/// read when they are asked for. Nothing in the file is run, and nothing it says of lengths or places is believed.
/// </summary>
internal sealed class Checkpoint : IDisposable
{
    private const int StartLength = 14;

    /// <summary>All tensors together may be this many times the file: a few may share their numbers, not thousands.</summary>
    private const int MostSharing = 8;

    private readonly CheckpointFile _file;
    private readonly TensorReader _reader;

    private readonly IReadOnlyCollection<ZipEntry> _entries;

    private Checkpoint(CheckpointFile file, OrderedDictionary<string, StoredTensor> tensors, IReadOnlyCollection<ZipEntry> entries) =>
        (_file, _reader, Tensors, _entries) = (file, new TensorReader(file), tensors, entries);

    /// <summary>In the order of the file.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    public string FileName => _file.Name;

    public long Length => _file.Length;

    /// <exception cref="CheckpointException">It is no checkpoint, is damaged, or does anything but hold tensors.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Checkpoint Open(string path)
    {
        var file = new CheckpointFile(path);
        try
        {
            var (value, entries) = Read(file);
            return new Checkpoint(file, TensorsOf(file, value), entries);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The tensor's numbers, in the order of its shape.</summary>
    public T[] Read<T>(StoredTensor tensor)
        where T : struct, INumberBase<T> => _reader.Read<T>(tensor);

    /// <summary>Reads the whole file once.</summary>
    /// <returns>Its SHA-256 in lower-case hexadecimal.</returns>
    /// <exception cref="CheckpointException">Numbers are not those that were written; in the newer layout each entry has a check sum.</exception>
    public string Verify(IProgress<double>? progress = null, CancellationToken stop = default) => WholeFile.Verify(_file, _entries, progress, stop);

    public CheckpointException Fault(IReadOnlyList<string> faults) => new(_file.Name, faults);

    public void Dispose() => _file.Dispose();

    private static (object? Value, IReadOnlyCollection<ZipEntry> Entries) Read(CheckpointFile file)
    {
        var start = file.Read(0, (int)Math.Min(file.Length, StartLength), "its beginning");
        if (start.AsSpan().StartsWith("PK"u8)) return ZipLayout.Read(file);
        if (LegacyLayout.IsLegacy(start)) return (LegacyLayout.Read(file), []);
        if (start.AsSpan().StartsWith("version http"u8)) throw file.Fault("the file", "is a Git LFS pointer and not the checkpoint itself; fetch it with 'git lfs pull'");
        throw file.Fault("the file", "begins neither as a zip archive nor as PyTorch's older layout, so torch.save did not write it");
    }

    private static OrderedDictionary<string, StoredTensor> TensorsOf(CheckpointFile file, object? value)
    {
        if (value is not PickleDictionary dictionary) throw file.Fault("the file", $"holds {PickleContainer.Describe(value)} and not a dictionary of tensors; save the model's state dictionary");
        var tensors = new OrderedDictionary<string, StoredTensor>(StringComparer.Ordinal);
        var faults = new List<string>();
        Int128 bytes = 0;
        foreach (var (key, item) in dictionary.Items)
        {
            if (key is string name && item is StoredTensor tensor)
            {
                tensors[name] = tensor;
                bytes += (Int128)tensor.Count * tensor.Type.Size;
            }
            else
            {
                faults.Add($"{key}: is {PickleContainer.Describe(item)} and not a tensor.");
            }
        }

        if (faults.Count > 0) throw new CheckpointException(file.Name, [.. faults, "A state dictionary holds tensors by name and nothing else; save the model's alone."]);
        if (bytes > (Int128)file.Length * MostSharing) throw file.Fault("the file", $"of {file.Length} bytes says that its tensors take {bytes}");
        return tensors;
    }
}
