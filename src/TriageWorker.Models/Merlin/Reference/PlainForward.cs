using static TriageWorker.Models.Merlin.Reference.PlainOperations;

namespace TriageWorker.Models.Merlin.Reference;

/// <summary>What the image encoder says of one volume, in double precision.</summary>
/// <param name="Contrastive">Unit vector.</param>
/// <param name="Logits">The classifier's, before any activation.</param>
/// <param name="FeatureMap">Depth along the volume's Z, rows along X, columns along Y.</param>
internal sealed record PlainOutput(double[] Embedding, double[] Contrastive, double[] Logits, Field FeatureMap);

/// <summary>
/// Merlin's image encoder computed straight from the checkpoint, one tensor at a time, in double precision and as the original does it:
/// the permutation, three equal channels, normalisation after each convolution. Slow and short. What the graph says is measured against it.
/// </summary>
internal sealed class PlainForward(MerlinCheckpoint checkpoint)
{
    private static readonly Window s_stem = new((3, 7, 7), (1, 2, 2), (1, 3, 3));

    private readonly ImageEncoder _encoder = checkpoint.Image;

    /// <param name="volume">[X, Y, Z], in [0, 1].</param>
    /// <param name="blockDone">Called after each block of the trunk.</param>
    /// <param name="stop">Ends the work between two blocks.</param>
    public PlainOutput Run(ReadOnlySpan<float> volume, (int X, int Y, int Z) size, Action? blockDone = null, CancellationToken stop = default)
    {
        var field = Permuted(volume, size);
        field = Normalised(field, $"{_encoder.Prefix}conv1", $"{_encoder.Prefix}bn1", _encoder.Stem, s_stem);
        Rectify(field);
        field = MaxPool(field, Window.Cube(3, 2));
        foreach (var layer in _encoder.Layers)
        {
            for (var block = 0; block < layer.Blocks; block++)
            {
                stop.ThrowIfCancellationRequested();
                field = Bottleneck(field, layer, block);
                blockDone?.Invoke();
            }
        }

        var embedding = Mean(field);
        return new PlainOutput(embedding, Unit(Head(embedding, "contrastive_head")), Head(embedding, "classifier"), field);
    }

    /// <summary>Z becomes depth, X rows and Y columns; the one channel becomes three.</summary>
    private static Field Permuted(ReadOnlySpan<float> volume, (int X, int Y, int Z) size)
    {
        var field = new Field(ImageEncoder.InputChannels, size.Z, size.X, size.Y);
        for (var x = 0; x < size.X; x++)
        {
            for (var y = 0; y < size.Y; y++)
            {
                for (var z = 0; z < size.Z; z++) field.At(z, x, y).Fill(volume[(((x * size.Y) + y) * size.Z) + z]);
            }
        }

        return field;
    }

    private Field Bottleneck(Field input, TrunkLayer layer, int number)
    {
        var (block, stride) = (layer.Block(number), number == 0 ? layer.Stride : 1);
        var field = Normalised(input, $"{block}conv1", $"{block}bn1", layer.Width, Window.Cube(1, 1));
        Rectify(field);
        field = Normalised(field, $"{block}conv2", $"{block}bn2", layer.Width, Window.Cube(3, stride));
        Rectify(field);
        field = Normalised(field, $"{block}conv3", $"{block}bn3", layer.Output, Window.Cube(1, 1));
        Add(field, number == 0 ? Normalised(input, $"{block}downsample.0", $"{block}downsample.1", layer.Output, Window.Cube(1, stride)) : input);
        Rectify(field);
        return field;
    }

    private Field Normalised(Field input, string convolution, string norm, int outputs, Window window)
    {
        var field = Convolve(input, checkpoint.Read($"{convolution}.weight"), outputs, window);
        Normalise(
            field,
            checkpoint.Read($"{norm}.weight"),
            checkpoint.Read($"{norm}.bias"),
            checkpoint.Read($"{norm}.running_mean"),
            checkpoint.Read($"{norm}.running_var"),
            ImageEncoder.NormEpsilon);
        return field;
    }

    private double[] Head(double[] embedding, string name) =>
        Linear(embedding, checkpoint.Read($"{_encoder.Prefix}{name}.weight"), checkpoint.Read($"{_encoder.Prefix}{name}.bias"));
}
