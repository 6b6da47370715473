namespace TriageWorker.Models.Merlin;

/// <summary>Merlin's text encoder as a checkpoint has it: a Longformer whose first state is projected beside the image's vector.</summary>
/// <param name="Projected">Size of the vector that is compared with the image's.</param>
internal sealed record TextEncoder(string Prefix, int Layers, int Hidden, int Inner, int Vocabulary, int Positions, int Projected)
{
    public const string Where = "encode_text.";

    /// <summary>RoBERTa's number for padding, which the places of tokens are counted from.</summary>
    public const int Pad = 1;

    /// <summary>Longformer's, and of all published models of its kind.</summary>
    public const double NormEpsilon = 1e-5;

    /// <summary>How many tokens the original shows it at most; fewer where there are fewer places.</summary>
    public int Longest => Math.Min(1024, Positions - Pad - 1);

    /// <summary>Lists in <paramref name="table"/> all that must be there. The result holds once the table has no faults.</summary>
    /// <param name="projected">Size of the image's contrastive vector; the text's must be the same.</param>
    public static TextEncoder Describe(TensorTable table, int? projected)
    {
        const string encoder = Where + "text_encoder.", words = encoder + "embeddings.word_embeddings.weight", places = encoder + "embeddings.position_embeddings.weight";
        var (vocabulary, hidden, positions) = (table.Size(words, 2, 0), table.Size(words, 2, 1), table.Size(places, 2, 0));
        var inner = table.Size($"{encoder}encoder.layer.0.intermediate.dense.weight", 2, 0);
        table.Expect(words, vocabulary, hidden);
        table.Expect(places, positions, hidden);
        table.Expect($"{encoder}embeddings.token_type_embeddings.weight", null, hidden);
        table.ExpectWithBias($"{encoder}embeddings.LayerNorm", hidden);
        table.Ignore($"{encoder}embeddings.position_ids"); // the numbers 0, 1, 2, …, which some versions store
        var layers = table.CountInRow($"{encoder}encoder.layer.");
        for (var layer = 0; layer < layers; layer++) ExpectLayer(table, $"{encoder}encoder.layer.{layer}.", hidden, inner);
        table.ExpectWithBias($"{encoder}pooler.dense", hidden, hidden);
        table.ExpectWithBias($"{Where}linear_layer", projected, hidden);
        return new TextEncoder(encoder, layers, hidden ?? 0, inner ?? 0, vocabulary ?? 0, positions ?? 0, projected ?? 0);
    }

    private static void ExpectLayer(TensorTable table, string layer, int? hidden, int? inner)
    {
        foreach (var part in (string[])["query", "key", "value", "query_global", "key_global", "value_global"])
            table.ExpectWithBias($"{layer}attention.self.{part}", hidden, hidden);
        table.ExpectWithBias($"{layer}attention.output.dense", hidden, hidden);
        table.ExpectWithBias($"{layer}attention.output.LayerNorm", hidden);
        table.ExpectWithBias($"{layer}intermediate.dense", inner, hidden);
        table.ExpectWithBias($"{layer}output.dense", hidden, inner);
        table.ExpectWithBias($"{layer}output.LayerNorm", hidden);
    }
}
