using System.Globalization;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Models.Graphs;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Prompts;

namespace TriageWorker.Models.Merlin.Import;

/// <summary>A checkpoint and the SHA-256 of its file.</summary>
internal readonly record struct ReadCheckpoint(MerlinCheckpoint Checkpoint, string Digest);

/// <summary>Says of an imported package where it is from, how its input is made and what its outputs are.</summary>
internal sealed class MerlinManifest(MerlinSources sources, IReadOnlyList<ReadCheckpoint> checkpoints)
{
    private const int DigitsOfDigest = 12;

    public ManifestDocument Make(IReadOnlyList<GraphDocument> graphs, IReadOnlyList<LabelDocument>? phenotypes, GoldenDocument golden) => new()
    {
        Schema = ModelPackage.Schema,
        Id = "merlin",
        Version = Version(),
        Title = "Merlin",
        Family = "i3resnet",
        Vendor = "StanfordMIMI",
        Demonstration = false,
        Licence = new LicenceDocument { Text = sources.Licence },
        IntendedUse = new IntendedUseDocument
        {
            Statement = "Research use only: scores of abdominal CT that a person has not verified.",
            Modality = "CT",
            BodyPart = "abdomen",
            MinimumCoverageMm = 150,
            MinimumAgeYears = 18,
            Warnings =
            [
                "Not calibrated: a score is no probability.",
                "Trained on adults of one hospital, 97 % of them in the portal venous phase.",
                FindingsWriter.NothingScored,
            ],
        },
        Provenance = Provenance(),
        Input = Input(TensorSpec.Merlin),
        Graphs = graphs,
        Phenotypes = phenotypes is null ? null : new LabelSetDocument { Note = "That an encounter carried the code, not that an image shows it.", Labels = phenotypes },
        Risks = sources.FiveYear is null ? null : new LabelSetDocument { Note = "Within five years, among those who do not have it yet.", Labels = RiskLabels.For(sources.SixthRisk) },
        Golden = golden,
    };

    /// <summary>The same files make the same version; no clock and no counter is in it.</summary>
    private string Version()
    {
        var parts = checkpoints.Select(each => each.Digest[..DigitsOfDigest]);
        return string.Join('+', parts) + (sources.Precision == Precision.Float16 ? "-fp16" : "");
    }

    private ProvenanceDocument Provenance() => new()
    {
        Made = "triage models import merlin",
        Tool = $"ONNX opset {GraphFile.Opset}, {sources.Precision}; self-test from a forward pass in double precision over the checkpoint as it is",
        Data = string.Join(' ', checkpoints.Select(each => Used(each.Checkpoint))),
        Sources = [.. checkpoints.Select(each => new SourceFileDocument { File = each.Checkpoint.File.FileName, Sha256 = each.Digest, Bytes = each.Checkpoint.File.Length })],
    };

    private string Used(MerlinCheckpoint checkpoint)
    {
        var all = checkpoint.File.Tensors.Keys;
        var trunk = checkpoint.Image.TrunkTensors(all).Count();
        var text = all.Count(name => name.StartsWith(TextEncoder.Where, StringComparison.Ordinal));
        return string.Create(CultureInfo.InvariantCulture, $"{checkpoint.File.FileName}: {all.Count()} tensors, {trunk} of the trunk, {text} of the text encoder{(sources.Tokenizer is null ? " (not used: no tokenizer was brought)" : "")}; none missing, none unknown.");
    }

    private static InputDocument Input(TensorSpec spec) => new()
    {
        Axes = spec.Axes,
        Layout = "NCXYZ",
        SpacingMm = [spec.SpacingMm.X, spec.SpacingMm.Y, spec.SpacingMm.Z],
        SpacingToleranceMm = spec.SpacingToleranceMm,
        Size = [spec.Size.X, spec.Size.Y, spec.Size.Z],
        Hounsfield = [spec.HuMin, spec.HuMax],
        Scaled = [spec.OutMin, spec.OutMax],
        Clip = spec.Clip,
        PadValue = spec.PadValue,
    };
}
