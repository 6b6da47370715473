using System.Security.Cryptography;
using System.Text.Json;
using TriageWorker.Models.Graphs;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Scoring;

namespace TriageWorker.Models.Merlin.Import;

/// <summary>Writes what a package of Merlin consists of: graphs, self-test, manifest.</summary>
internal sealed class PackageWriter(MerlinSources sources, MerlinCheckpoint standard, MerlinCheckpoint? fiveYear, string folder)
{
    private const string ImageGraphFile = "image.onnx", RiskGraphFile = "five_year.onnx", GoldenFile = "golden.json";

    public void Write(IProgress<ImportStep> progress, CancellationToken stop)
    {
        var phenotypes = Phenotypes();
        var text = TextPart.Of(sources, standard);
        if (fiveYear is not null && fiveYear.Image.Labels != RiskLabels.Count)
            throw fiveYear.File.Fault([$"classifier.weight: has {fiveYear.Image.Labels} outputs, and the six published risks are known here."]);
        MerlinCheckpoint[] checkpoints = fiveYear is null ? [standard] : [standard, fiveYear];
        var read = checkpoints.Select(each => new ReadCheckpoint(each, each.File.Verify(Step($"reading {each.File.FileName}"), stop))).ToList();
        var graphs = Graphs(phenotypes, Step);
        var golden = SelfTest.Make(standard, phenotypes is not null, fiveYear, sources.Precision, Step("computing the self-test in double precision"), stop);
        Json(GoldenFile, JsonSerializer.SerializeToUtf8Bytes(golden, ManifestJson.Default.GoldenRecord));
        var manifest = new MerlinManifest(sources, read).Make(graphs, phenotypes, new GoldenDocument { File = GoldenFile, Sha256 = Digest(GoldenFile) }) with { Text = text?.Write(folder, Step, stop) };
        Json("manifest.json", JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.ManifestDocument));

        IProgress<double> Step(string name) => new StepProgress(name, progress);
    }

    private List<LabelDocument>? Phenotypes()
    {
        if (sources.Phenotypes is null) return null;
        var name = Path.GetFileName(sources.Phenotypes);
        List<LabelDocument> labels;
        try
        {
            labels = PhecodeList.Parse(File.ReadAllText(sources.Phenotypes));
        }
        catch (FormatException why)
        {
            throw new FormatException($"The list of phenotypes {name} cannot be used: {why.Message}.", why);
        }

        return labels.Count == standard.Image.Labels ? labels
            : throw new FormatException($"The list of phenotypes {name} cannot be used: it names {labels.Count}, and the classifier of {standard.File.FileName} has {standard.Image.Labels} outputs.");
    }

    /// <summary>One trunk for all heads; the five-year checkpoint's own where its numbers are others, and then no decision waits for it.</summary>
    private List<GraphDocument> Graphs(List<LabelDocument>? phenotypes, Func<string, IProgress<double>> step)
    {
        var classifiers = new List<Classifier>();
        if (phenotypes is not null) classifiers.Add(new Classifier(standard, ImageGraph.PhenotypeLogits));
        var isShared = fiveYear is not null && fiveYear.HasTrunkOf(standard);
        if (isShared) classifiers.Add(new Classifier(fiveYear!, ImageGraph.RiskLogits));
        var graphs = new List<GraphDocument>
        {
            Graph(ImageGraphFile, ImageGraph.Build(standard, sources.Precision, [.. classifiers]), step($"writing {ImageGraphFile}")),
        };
        if (fiveYear is not null && !isShared)
            graphs.Add(Graph(RiskGraphFile, ImageGraph.BuildClassifier(sources.Precision, new Classifier(fiveYear, ImageGraph.RiskLogits)), step($"writing {RiskGraphFile}")) with { Deferred = true });
        return graphs;
    }

    private GraphDocument Graph(string name, GraphBuilder graph, IProgress<double> progress)
    {
        var files = GraphFile.Write(Path.Combine(folder, name), graph, progress: progress);
        return new GraphDocument
        {
            File = name,
            Sha256 = Digest(name),
            Data = files.Count == 1 ? null : [.. files.Skip(1).Select(file => new GraphDataDocument { File = Path.GetFileName(file), Sha256 = Digest(Path.GetFileName(file)) })],
            Input = ImageGraph.Input,
            Outputs = [.. graph.Graph.Output.Select(output => Output(output.Name))],
        };
    }

    private static GraphOutputDocument Output(string name) => name switch
    {
        ImageGraph.Embedding => new() { Name = name, Kind = OutputKind.Embedding },
        ImageGraph.Contrastive => new() { Name = name, Kind = OutputKind.Contrastive },
        ImageGraph.FeatureMap => new() { Name = name, Kind = OutputKind.FeatureMap, Axes = FeatureMap.Axes },
        ImageGraph.PhenotypeLogits => new() { Name = name, Kind = OutputKind.Phenotypes, Activation = Activation.Sigmoid },
        _ => new() { Name = name, Kind = OutputKind.Risks, Activation = Activation.Sigmoid },
    };

    private void Json(string name, byte[] content) => File.WriteAllBytes(Path.Combine(folder, name), [.. content, (byte)'\n']);

    private string Digest(string name)
    {
        using var file = File.OpenRead(Path.Combine(folder, name));
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private sealed class StepProgress(string name, IProgress<ImportStep> all) : IProgress<double>
    {
        public void Report(double value) => all.Report(new ImportStep(name, value));
    }
}
