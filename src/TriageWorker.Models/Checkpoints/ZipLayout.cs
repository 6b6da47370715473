using System.Text;
using TriageWorker.Models.Checkpoints.Pickles;

namespace TriageWorker.Models.Checkpoints;

/// <summary>
/// PyTorch's files since 1.6: a zip archive with one folder, in it <c>data.pkl</c> (names, shapes), <c>data/KEY</c> (the numbers of one
/// storage as they are) and, since 2.1, <c>byteorder</c>.
/// </summary>
internal static class ZipLayout
{
    private const string Pickle = "/data.pkl";
    private const int LargestPickle = 16 << 20; // some 130 bytes for each tensor

    /// <returns>What the pickle holds, and the archive's entries.</returns>
    public static (object? Value, IReadOnlyCollection<ZipEntry> Entries) Read(CheckpointFile file)
    {
        var entries = new ZipEntries(file);
        var pickle = PickleOf(file, entries);
        var folder = pickle.Name[..^Pickle.Length];
        RefuseProgram(file, entries, folder);
        if (pickle.Length > LargestPickle) throw file.Fault($"entry {pickle.Name}", $"is {pickle.Length} bytes long; more than {LargestPickle} are not read");
        var bytes = new PickleBytes(file, pickle.Name, file.Read(pickle.Offset, (int)pickle.Length, pickle.Name));
        var building = new TensorBuilding(bytes);
        var value = new Unpickler(bytes, building).Read();
        var isBigEndian = IsBigEndian(file, entries, folder);
        foreach (var numbers in building.Storages.Values) Locate(file, entries, $"{folder}/data/{numbers.Key}", numbers, isBigEndian);
        return (value, entries.All);
    }

    private static ZipEntry PickleOf(CheckpointFile file, ZipEntries entries)
    {
        var found = entries.All.Where(entry => entry.Name.EndsWith(Pickle, StringComparison.Ordinal) && entry.Name.IndexOf('/', StringComparison.Ordinal) == entry.Name.Length - Pickle.Length).ToList();
        return found.Count == 1 ? found[0] : throw file.Fault("the archive", $"has {found.Count} entries FOLDER/data.pkl; what torch.save writes has one");
    }

    /// <summary>torch.jit.save writes programs, whose tensors have other names.</summary>
    private static void RefuseProgram(CheckpointFile file, ZipEntries entries, string folder)
    {
        if (entries.Find($"{folder}/constants.pkl") is not null || entries.All.Any(entry => entry.Name.StartsWith($"{folder}/code/", StringComparison.Ordinal)))
            throw file.Fault("the archive", "is a TorchScript program and no checkpoint; save the state dictionary with torch.save");
    }

    private static bool IsBigEndian(CheckpointFile file, ZipEntries entries, string folder)
    {
        if (entries.Find($"{folder}/byteorder") is not { } entry) return false;
        var order = entry.Length > 16 ? "too long" : Encoding.ASCII.GetString(file.Read(entry.Offset, (int)entry.Length, entry.Name));
        return order switch
        {
            "little" => false,
            "big" => true,
            _ => throw file.Fault($"entry {entry.Name}", "says neither little nor big"),
        };
    }

    private static void Locate(CheckpointFile file, ZipEntries entries, string name, StoredNumbers numbers, bool isBigEndian)
    {
        if (entries.Find(name) is not { } entry) throw file.Fault($"entry {name}", "is referred to and is not in the archive");
        if (entry.Length != numbers.Bytes) throw file.Fault($"entry {name}", $"has {entry.Length} bytes and should have {numbers.Count} of {numbers.Type}, {numbers.Bytes} bytes");
        numbers.Offset = entry.Offset;
        numbers.IsBigEndian = isBigEndian;
    }
}
