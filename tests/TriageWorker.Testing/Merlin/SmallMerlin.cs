using System.Runtime.InteropServices;
using static TriageWorker.Testing.Pickling;

namespace TriageWorker.Testing;

/// <summary>Small random checkpoints in the published layouts, from which a test may take tensors and to which it may add some.</summary>
internal sealed class SmallMerlin
{
    private const int Stem = 4, Labels = 6, Contrastive = 5, Hidden = 8, Inner = 12, Vocabulary = 280, Positions = 16;
    private static readonly (int Blocks, int Width, int Output)[] s_layers = [(1, 3, 8), (2, 4, 10), (1, 5, 12), (1, 6, 14)];

    private readonly OrderedDictionary<string, (string Storage, long[] Shape)> _tensors = [];
    private readonly Dictionary<string, float[]> _values = [];
    private readonly int _seed;

    private SmallMerlin(int seed) => _seed = seed;

    public static SmallMerlin FiveYear(int seed = 1)
    {
        var small = new SmallMerlin(seed);
        small.AddImage("");
        return small;
    }

    public static SmallMerlin Default(int seed = 1)
    {
        var small = new SmallMerlin(seed);
        small.AddImage("encode_image.i3_resnet.");
        small.AddText("encode_text.");
        return small.Add("logit_scale");
    }

    public int Count => _tensors.Count;

    public SmallMerlin Add(string name, params long[] shape) => Add(name, "FloatStorage", shape);

    public SmallMerlin Add(string name, string storage, params long[] shape)
    {
        _tensors[name] = (storage, shape);
        return this;
    }

    public SmallMerlin Remove(string name)
    {
        return _tensors.Remove(name) ? this : throw new ArgumentException($"It has no tensor {name}.", nameof(name));
    }

    public SmallMerlin Set(string name, params float[] values)
    {
        _values[name] = values;
        return this;
    }

    /// <summary>With something before every name.</summary>
    public SmallMerlin Within(string around)
    {
        foreach (var (name, tensor) in _tensors.ToArray())
        {
            _tensors.Remove(name);
            _tensors[around + name] = tensor;
        }

        return this;
    }

    public byte[] ToBytes()
    {
        var random = new Random(_seed);
        var storages = _tensors.Select(pair => Content(random, pair.Key, pair.Value.Storage, pair.Value.Shape)).ToArray();
        var pickle = Pickle(Dictionary([.. _tensors.Select((pair, key) => (pair.Key, Of($"{key}", pair.Value.Storage, pair.Value.Shape)))]));
        return ZipBytes.Checkpoint(pickle, storages);
    }

    private static byte[] Of(string key, string storage, long[] shape)
    {
        var stride = new long[shape.Length];
        for (var (axis, step) = (shape.Length - 1, 1L); axis >= 0; step *= shape[axis--]) stride[axis] = step;
        return Tensor(Storage(key, storage, shape.Aggregate(1L, (product, size) => product * size)), 0, shape, stride);
    }

    private byte[] Content(Random random, string name, string storage, long[] shape)
    {
        var count = (int)shape.Aggregate(1L, (product, size) => product * size);
        if (_values.TryGetValue(name, out var set)) return MemoryMarshal.AsBytes(set.AsSpan()).ToArray();
        if (storage == "LongStorage") return new byte[count * sizeof(long)];
        if (storage == "HalfStorage") return new byte[count * 2];
        var isVariance = name.EndsWith("running_var", StringComparison.Ordinal);
        var scale = MathF.Sqrt(6f / Math.Max(1, count / Math.Max(1, shape.FirstOrDefault(1))));
        var values = Enumerable.Range(0, count).Select(_ => isVariance ? 0.5f + random.NextSingle() : shape.Length > 1 ? (random.NextSingle() - 0.5f) * 2 * scale : random.NextSingle() + 0.3f).ToArray();
        return MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
    }

    private void AddImage(string prefix)
    {
        AddConvolution($"{prefix}conv1", $"{prefix}bn1", Stem, 3, 3, 7, 7);
        long input = Stem;
        for (var layer = 0; layer < s_layers.Length; layer++)
        {
            var (blocks, width, output) = s_layers[layer];
            for (var number = 0; number < blocks; number++)
            {
                var block = $"{prefix}layer{layer + 1}.{number}.";
                AddConvolution($"{block}conv1", $"{block}bn1", width, input, 1, 1, 1);
                AddConvolution($"{block}conv2", $"{block}bn2", width, width, 3, 3, 3);
                AddConvolution($"{block}conv3", $"{block}bn3", output, width, 1, 1, 1);
                if (number == 0) AddConvolution($"{block}downsample.0", $"{block}downsample.1", output, input, 1, 1, 1);
                input = output;
            }
        }

        AddLinear($"{prefix}classifier", Labels, input, 1, 1, 1);
        AddLinear($"{prefix}contrastive_head", Contrastive, input, 1, 1, 1);
    }

    private void AddText(string prefix)
    {
        var encoder = $"{prefix}text_encoder.";
        Add($"{encoder}embeddings.word_embeddings.weight", Vocabulary, Hidden);
        Add($"{encoder}embeddings.position_embeddings.weight", Positions, Hidden);
        Add($"{encoder}embeddings.token_type_embeddings.weight", 1, Hidden);
        AddLinear($"{encoder}embeddings.LayerNorm", Hidden);
        for (var number = 0; number < 2; number++)
        {
            var layer = $"{encoder}encoder.layer.{number}.";
            foreach (var part in (string[])["query", "key", "value", "query_global", "key_global", "value_global"]) AddLinear($"{layer}attention.self.{part}", Hidden, Hidden);
            AddLinear($"{layer}attention.output.dense", Hidden, Hidden);
            AddLinear($"{layer}attention.output.LayerNorm", Hidden);
            AddLinear($"{layer}intermediate.dense", Inner, Hidden);
            AddLinear($"{layer}output.dense", Hidden, Inner);
            AddLinear($"{layer}output.LayerNorm", Hidden);
        }

        AddLinear($"{encoder}pooler.dense", Hidden, Hidden);
        AddLinear($"{prefix}linear_layer", Contrastive, Hidden);
    }

    private void AddConvolution(string name, string norm, params long[] shape)
    {
        Add($"{name}.weight", shape);
        foreach (var part in (string[])["weight", "bias", "running_mean", "running_var"]) Add($"{norm}.{part}", shape[0]);
        Add($"{norm}.num_batches_tracked", "LongStorage");
    }

    private void AddLinear(string name, params long[] shape)
    {
        Add($"{name}.weight", shape);
        Add($"{name}.bias", shape[0]);
    }
}
