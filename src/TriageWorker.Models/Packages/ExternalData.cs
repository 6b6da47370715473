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

    /// <returns>Their names as the graph writes them, each once. None for a file that is no graph, which is for its reader to say.</returns>
    public static IReadOnlyList<string> Named(string graph)
    {
        try
        {
            using var file = File.OpenRead(graph);
            return
            [
                .. (from model in WireField.In(file, 0, file.Length).Where(field => field.Number == ModelProto.GraphFieldNumber)
                    from weight in WireField.In(file, model.Start, model.End).Where(field => field.Number == GraphProto.InitializerFieldNumber)
                    from entry in WireField.In(file, weight.Start, weight.End).Where(field => field.Number == TensorProto.ExternalDataFieldNumber)
                    select StringStringEntryProto.Parser.ParseFrom(entry.Bytes(file)))
                    .Where(entry => entry.Key == Location).Select(entry => entry.Value).Distinct(StringComparer.Ordinal),
            ];
        }
        catch (Exception fault) when (fault is InvalidDataException or Google.Protobuf.InvalidProtocolBufferException)
        {
            return [];
        }
    }

    /// <summary>Names every file that the graph reads and the manifest does not list.</summary>
    public static void Check(string? graph, IReadOnlyList<GraphDataDocument>? listed, string path, Faults faults)
    {
        if (graph is null) return;
        foreach (var name in Named(graph).Except((listed ?? []).Select(data => data.File ?? ""), StringComparer.Ordinal))
            faults.Add(path, $"{Path.GetFileName(graph)} keeps weights in {name}, which is not listed, so nobody would see it change");
    }
}
