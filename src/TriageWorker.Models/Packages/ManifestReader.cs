using System.Text.Json;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Models.Golden;
using TriageWorker.Models.Scoring;

namespace TriageWorker.Models.Packages;

/// <summary>Turns a manifest as written into a package as used, naming everything that stands in the way.</summary>
internal sealed class ManifestReader(string directory, Faults faults)
{
    private readonly PackageFiles _files = new(directory, faults);

    /// <summary>Null when there are faults.</summary>
    public ModelPackage? Read(byte[] json)
    {
        if (Parse(json) is not { } document) return null;
        if (document.Schema != ModelPackage.Schema)
        {
            faults.Add("schema", $"is {document.Schema?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "missing"}; this version reads {ModelPackage.Schema}");
            return null;
        }

        var reader = new FindingsReader(_files, faults);
        var findings = reader.Read(document.Findings);
        var phenotypes = Labels("phenotypes.labels", document.Phenotypes?.Labels);
        var risks = Labels("risks.labels", document.Risks?.Labels);
        var graphs = Graphs(document);
        var input = Input(document.Input);
        var text = new TextSectionReader(_files, faults).Read(document.Text);
        var package = new ModelPackage
        {
            Directory = directory,
            Id = faults.Text("id", document.Id),
            Version = faults.Text("version", document.Version),
            Title = faults.Text("title", document.Title),
            Family = faults.Text("family", document.Family),
            Licence = faults.Text("licence.spdx or licence.text", document.Licence?.Spdx ?? document.Licence?.Text),
            Demonstration = Flag("demonstration", document.Demonstration),
            Needs = Needs(document.IntendedUse),
            Warnings = document.IntendedUse?.Warnings is { Count: > 0 } warnings && faults.NotEmpty("intendedUse.warnings", warnings) ? warnings : [],
            Input = input,
            Space = VectorSpace.Of(document.Graphs ?? [], input),
            Graphs = graphs,
            Findings = findings,
            Prompts = reader.Prompts(document.Findings, text),
            Phenotypes = phenotypes,
            Risks = risks,
            Latency = Latency(document),
            Golden = Golden(document.Golden, graphs.SelectMany(graph => graph.Outputs).Select(output => output.Kind)),
            Text = text,
            Files = _files.Names,
            Digest = _files.Digest(json),
        };
        return faults.All.Count == 0 ? package : null;
    }

    private ManifestDocument? Parse(byte[] json)
    {
        try
        {
            var document = JsonSerializer.Deserialize(json, ManifestJson.Default.ManifestDocument);
            if (document is null) faults.Add("manifest.json", "is empty");
            return document;
        }
        catch (JsonException error)
        {
            faults.Add("manifest.json", error);
            return null;
        }
    }

    private bool Flag(string path, bool? value)
    {
        if (value is null) faults.Add(path, "is missing");
        return value ?? false;
    }

    private TimeSpan Latency(ManifestDocument document)
    {
        const double longest = 60_000;
        if (document.LatencyMs is not { } latency) return TimeSpan.Zero;
        if (document.Demonstration != true) faults.Add("latencyMs", "slows down every study; only a package marked as demonstration may have it");
        if (latency is >= 0 and <= longest) return TimeSpan.FromMilliseconds(latency);
        faults.Add("latencyMs", $"must be 0 to {longest} ms");
        return TimeSpan.Zero;
    }

    private PackageNeeds Needs(IntendedUseDocument? use)
    {
        var coverage = use?.MinimumCoverageMm;
        if (coverage is null or not >= 0) faults.Add("intendedUse.minimumCoverageMm", "must be 0 mm or more");
        if (use?.MinimumAgeYears is not >= 0) faults.Add("intendedUse.minimumAgeYears", "must be 0 or more");
        if (use?.MaximumSpacingMm is not (null or > 0)) faults.Add("intendedUse.maximumSpacingMm", "must be above 0 mm");
        faults.Text("intendedUse.statement", use?.Statement);
        faults.Literal("intendedUse.modality", use?.Modality, only: "CT");
        return new PackageNeeds(use?.Modality ?? "", faults.Text("intendedUse.bodyPart", use?.BodyPart), coverage ?? 0, use?.MinimumAgeYears ?? 0)
        {
            MaximumSpacingMm = use?.MaximumSpacingMm ?? PackageNeeds.UsualSpacingMm,
        };
    }

    private TensorSpec Input(InputDocument? input)
    {
        var merlin = TensorSpec.Merlin;
        if (!faults.Present("input", input)) return merlin;
        faults.Literal("input.layout", input.Layout, only: "NCXYZ");
        if (Spacing(input) is not { } spacing) return merlin;
        if (input.Size is not [var nx, var ny, var nz]) return Fault("input.size", "must be three numbers");
        if (input.Hounsfield is not [var huMin, var huMax]) return Fault("input.hounsfield", "must be two numbers");
        if (input.Scaled is not (null or [_, _])) return Fault("input.scaled", "must be two numbers");
        var spec = merlin with
        {
            Axes = faults.Text("input.axes", input.Axes),
            Interpolation = input.Interpolation,
            Fit = input.Fit,
            SpacingMm = spacing,
            SpacingToleranceMm = input.SpacingToleranceMm ?? merlin.SpacingToleranceMm,
            Size = new GridSize(nx, ny, nz),
            HuMin = huMin,
            HuMax = huMax,
            OutMin = input.Scaled?[0] ?? merlin.OutMin,
            OutMax = input.Scaled?[1] ?? merlin.OutMax,
            Clip = input.Clip ?? merlin.Clip,
            PadValue = input.PadValue ?? merlin.PadValue,
        };
        foreach (var fault in spec.Faults()) faults.Add("input", fault);
        return spec;

        TensorSpec Fault(string path, string fault)
        {
            faults.Add(path, fault);
            return merlin;
        }
    }

    private Vector3d? Spacing(InputDocument input)
    {
        switch (input)
        {
            case { Fit: TensorFit.Resize, SpacingMm: null }: return TensorSpec.Merlin.SpacingMm; // stretching asks for none
            case { Fit: TensorFit.Crop, SpacingMm: [var x, var y, var z] }: return new Vector3d(x, y, z);
            case { Fit: TensorFit.Resize }:
                faults.Add("input.spacingMm", "has no meaning where \"fit\" is \"resize\"; take one of them out");
                return null;
            default:
                faults.Add("input.spacingMm", "must be three numbers");
                return null;
        }
    }

    private List<PackageGraph> Graphs(ManifestDocument document)
    {
        var graphs = new List<PackageGraph>();
        if (!faults.NotEmpty("graphs", document.Graphs)) return graphs;
        for (var i = 0; i < document.Graphs.Count; i++)
        {
            var (path, graph) = ($"graphs[{i}]", document.Graphs[i]);
            var file = _files.Verify($"{path}.file", graph.File, graph.Sha256);
            if (graph.Data is not null && faults.NotEmpty($"{path}.data", graph.Data))
                for (var d = 0; d < graph.Data.Count; d++) _files.Verify($"{path}.data[{d}].file", graph.Data[d].File, graph.Data[d].Sha256);
            ExternalData.Check(file, _files, $"{path}.data", faults);
            var outputs = new List<GraphOutput>();
            if (faults.NotEmpty($"{path}.outputs", graph.Outputs))
            {
                for (var o = 0; o < graph.Outputs.Count; o++)
                {
                    if (graph.Outputs[o].Axes is { } axes) faults.Literal($"{path}.outputs[{o}].axes", axes, only: FeatureMap.Axes);
                    if (graph.Outputs[o].Kind is not { } kind) faults.Add($"{path}.outputs[{o}].kind", "is missing");
                    else outputs.Add(new GraphOutput(faults.Text($"{path}.outputs[{o}].name", graph.Outputs[o].Name), kind, graph.Outputs[o].Activation));
                }
            }

            if (graph.Deferred == true && outputs.FirstOrDefault(output => output.Kind != OutputKind.Risks) is { } needed)
                faults.Add($"{path}.deferred", $"would have {needed.Kind} come after the decision; only Risks may");
            graphs.Add(new PackageGraph(file ?? "", graph.Sha256 ?? "", faults.Text($"{path}.input", graph.Input), outputs) { IsDeferred = graph.Deferred == true });
        }

        if (graphs.All(graph => graph.IsDeferred)) faults.Add("graphs", "are all deferred, so nothing would be there to decide on");

        MadeOnce(graphs, OutputKind.Contrastive, document.Findings?.Labels?.Count > 0, "findings");
        MadeOnce(graphs, OutputKind.Phenotypes, document.Phenotypes?.Labels?.Count > 0, "phenotypes");
        MadeOnce(graphs, OutputKind.Risks, document.Risks?.Labels?.Count > 0, "risks");
        MadeOnce(graphs, OutputKind.Embedding, needed: false, "");
        MadeOnce(graphs, OutputKind.FeatureMap, needed: false, "");
        return graphs;
    }

    private void MadeOnce(List<PackageGraph> graphs, OutputKind kind, bool needed, string by)
    {
        var count = graphs.Sum(graph => graph.Outputs.Count(output => output.Kind == kind));
        if (count > 1) faults.Add("graphs", $"make {kind} {count} times");
        if (needed && count == 0) faults.Add("graphs", $"make no {kind} output, which {by} needs");
        // A contrastive vector is kept for searches also where no finding is scored with it.
        if (!needed && count == 1 && by.Length > 0 && kind != OutputKind.Contrastive) faults.Add(by, $"has no labels for the {kind} output");
    }

    private List<ScoreLabel> Labels(string path, IReadOnlyList<LabelDocument>? labels) =>
        labels is { Count: > 0 } && faults.NotEmpty(path, labels) ? LabelReader.Read(path, labels, faults) : [];

    /// <summary>A golden test that leaves an output out would pass whatever that output says. Not so the feature map: the others are made of it.</summary>
    private GoldenRecord? Golden(GoldenDocument? golden, IEnumerable<OutputKind> made)
    {
        if (!faults.Present("golden", golden) || _files.Verify("golden.file", golden.File, golden.Sha256) is not { } file) return null;
        try
        {
            var record = JsonSerializer.Deserialize(File.ReadAllBytes(file), ManifestJson.Default.GoldenRecord);
            if (record is null) faults.Add("golden.file", $"{golden.File} is empty");
            else if (record.Size is not (null or [> 0 and <= 1024, > 0 and <= 1024, > 0 and <= 1024])) faults.Add("golden.file", $"{golden.File} has a size that is not three numbers from 1 to 1024");
            else foreach (var kind in made.Where(kind => kind != OutputKind.FeatureMap && record.Outputs.GetValueOrDefault(kind) is not { Length: > 0 })) faults.Add("golden.file", $"{golden.File} expects nothing of {kind}");
            return record;
        }
        catch (JsonException error)
        {
            faults.Add("golden.file", $"{golden.File} cannot be read: {JsonFault.In(error)}");
            return null;
        }
    }
}
