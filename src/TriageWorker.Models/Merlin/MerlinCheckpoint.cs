using TriageWorker.Models.Checkpoints;

namespace TriageWorker.Models.Merlin;

/// <summary>A checkpoint of Merlin whose every tensor is accounted for. Nothing was guessed: names and shapes are the published layout's.</summary>
/// <param name="Text">Null in the five-year checkpoint, which has an image encoder alone.</param>
internal sealed record MerlinCheckpoint(Checkpoint File, ImageEncoder Image, TextEncoder? Text)
{
    private const string ImagePrefix = "encode_image.i3_resnet.", Stem = "conv1.weight";

    /// <summary>The default checkpoint: image encoder with contrastive head and phenotype classifier, text encoder, temperature.</summary>
    /// <exception cref="CheckpointException">Names every tensor that is missing, not known, or has another shape or type.</exception>
    public static MerlinCheckpoint Default(Checkpoint file)
    {
        if (!Has(file, ImagePrefix) && file.Tensors.ContainsKey(Stem))
            throw file.Fault([$"{ImagePrefix}{Stem}: is missing, and {Stem} is there: this is the five-year checkpoint; the default one is wanted here."]);
        RefuseWrapped(file, ImagePrefix);
        var table = new TensorTable(file.Tensors);
        var image = ImageEncoder.Describe(ImagePrefix, table);
        var text = TextEncoder.Describe(table, image.Contrastive > 0 ? image.Contrastive : null);
        table.Expect("logit_scale");
        return Checked(file, table, new MerlinCheckpoint(file, image, text));
    }

    /// <summary>The five-year checkpoint: an image encoder whose classifier says the risks.</summary>
    /// <exception cref="CheckpointException">Names every tensor that is missing, not known, or has another shape or type.</exception>
    public static MerlinCheckpoint FiveYear(Checkpoint file)
    {
        if (Has(file, ImagePrefix)) throw file.Fault([$"{Stem}: is missing, and names with {ImagePrefix} are there: this is the default checkpoint; the five-year one is wanted here."]);
        RefuseWrapped(file, "");
        var table = new TensorTable(file.Tensors);
        return Checked(file, table, new MerlinCheckpoint(file, ImageEncoder.Describe("", table), Text: null));
    }

    /// <summary>A tensor's numbers, in the order of its shape.</summary>
    /// <exception cref="CheckpointException">One of them is no number, or a variance below zero.</exception>
    public double[] Read(string name)
    {
        var values = File.Read<double>(File.Tensors[name]);
        if (values.AsSpan().ContainsAnyExceptInRange(double.MinValue, double.MaxValue)) throw File.Fault([$"{name}: holds values that are no numbers."]);
        return name.EndsWith(".running_var", StringComparison.Ordinal) && values.AsSpan().ContainsAnyExceptInRange(0, double.MaxValue) ? throw File.Fault([$"{name}: holds a variance below zero."]) : values;
    }

    /// <summary>Whether both trunks compute the same: then one of them serves the heads of both.</summary>
    public bool HasTrunkOf(MerlinCheckpoint other)
    {
        var mine = Image.TrunkTensors(File.Tensors.Keys).Select(name => name[Image.Prefix.Length..]).Order(StringComparer.Ordinal).ToList();
        var others = other.Image.TrunkTensors(other.File.Tensors.Keys).Select(name => name[other.Image.Prefix.Length..]).Order(StringComparer.Ordinal);
        return mine.SequenceEqual(others)
            && mine.All(name => File.Tensors[Image.Prefix + name].Shape.SequenceEqual(other.File.Tensors[other.Image.Prefix + name].Shape))
            && mine.All(name => Read(Image.Prefix + name).AsSpan().SequenceEqual(other.Read(other.Image.Prefix + name)));
    }

    /// <summary>Whoever trains on saves what is around the model too, and every name is then longer. One sentence says so, instead of a thousand that are missing and a thousand that are not known.</summary>
    private static void RefuseWrapped(Checkpoint file, string prefix)
    {
        var name = $"{prefix}layer1.0.{Stem}";
        if (file.Tensors.ContainsKey(name) || file.Tensors.Keys.FirstOrDefault(each => each.EndsWith($".{name}", StringComparison.Ordinal)) is not { } longer) return;
        throw file.Fault([$"{name}: is missing, and {longer} is there: '{longer[..^name.Length]}' stands before the names; save the state dictionary of the model itself, without what is around it."]);
    }

    private static bool Has(Checkpoint file, string prefix) => file.Tensors.Keys.Any(name => name.StartsWith(prefix, StringComparison.Ordinal));

    private static MerlinCheckpoint Checked(Checkpoint file, TensorTable table, MerlinCheckpoint described) =>
        table.Faults() is { Count: > 0 } faults ? throw file.Fault(faults) : described;
}
