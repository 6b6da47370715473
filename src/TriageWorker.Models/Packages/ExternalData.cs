using Onnx;
using TriageWorker.Models.Maps;

namespace TriageWorker.Models.Packages;

/// <summary>
/// Which files beside it a graph keeps weights in (ONNX's external data). ONNX Runtime opens them because the graph says so, whatever the manifest says: one that the manifest
/// leaves out would have no digest, and its weights could be others tomorrow.
/// </summary>
internal static class ExternalData
{
    private const string Location = "location";

    /// <summary>Names every file that the graph reads and the manifest does not list.</summary>
    /// <param name="graph">Its full path; null after a fault.</param>
    public static void Check(string? graph, PackageFiles files, string path, Faults faults)
    {
        if (graph is null) return;
        foreach (var file in Beside(graph).Where(file => !files.Lists(file)))
            faults.Add(path, $"{Path.GetFileName(graph)} keeps weights in {Path.GetFileName(file)}, which is not listed, so nobody would see it change");
    }

    /// <returns>Their full paths, each once. None for a file that is no graph, which is for its reader to say.</returns>
    private static IReadOnlyList<string> Beside(string graph)
    {
        var folder = Path.GetDirectoryName(graph)!;
        try
        {
            using var file = File.OpenRead(graph);
            return
            [
                .. (from model in WireField.In(file, 0, file.Length).Where(field => field.Number == ModelProto.GraphFieldNumber)
                    from weight in WireField.In(file, model.Start, model.End).Where(field => field.Number == GraphProto.InitializerFieldNumber)
                    from entry in WireField.In(file, weight.Start, weight.End).Where(field => field.Number == TensorProto.ExternalDataFieldNumber)
                    select StringStringEntryProto.Parser.ParseFrom(entry.Bytes(file)))
                    .Where(entry => entry.Key == Location).Select(entry => Path.GetFullPath(Path.Combine(folder, entry.Value))).Distinct(StringComparer.Ordinal),
            ];
        }
        catch (Exception fault) when (fault is InvalidDataException or Google.Protobuf.InvalidProtocolBufferException)
        {
            return [];
        }
    }
}
