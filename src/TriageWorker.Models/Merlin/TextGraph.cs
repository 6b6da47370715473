using System.Globalization;
using TriageWorker.Models.Graphs;
using static TriageWorker.Models.Graphs.GraphBuilder;

namespace TriageWorker.Models.Merlin;

/// <summary>
/// Merlin's text encoder as a graph. The original slides a window over the tokens; here every token is compared with every other and those outside the window are then left out, which is the
/// same for every length. Input <c>ids</c> [batch, length], padded with 1 to the right; output unit vectors. Both sizes are each run's to choose.
/// </summary>
/// <param name="precision">Of the weights and of what is multiplied with them. Sums, norms, attention and the projection are float32 always.</param>
internal sealed class TextGraph(MerlinCheckpoint checkpoint, TextAttention attention, Precision precision)
{
    public const string Input = "ids", Output = "contrastive";

    /// <summary>Added to what must not be seen: its exponential is zero, and a padding token, which sees nothing, still gets numbers and not their absence.</summary>
    private const double Unseen = -1e30;

    private readonly GraphBuilder _graph = new("merlin-text");
    private readonly TextEncoder _encoder = checkpoint.Text ?? throw new ArgumentException("This checkpoint has no text encoder.", nameof(checkpoint));

    public GraphBuilder Build()
    {
        _graph.WholeInput(Input, "batch", "length");
        var isToken = _graph.Node("Not", "token", [_graph.Node("Equal", "padding", [Input, _graph.Whole("pad", TextEncoder.Pad)])]);
        _graph.Node("Shape", "sizes", [Input]);
        _graph.Wholes("rows", -1, _encoder.Hidden);
        _graph.Node("Concat", "heads", ["sizes", _graph.Wholes("heads.each", attention.Heads, _encoder.Hidden / attention.Heads)], Attribute("axis", 0L));
        _graph.Node("Concat", "states", ["sizes", _graph.Wholes("states.each", _encoder.Hidden)], Attribute("axis", 0L));
        _graph.Real("scale", 1 / Math.Sqrt((double)_encoder.Hidden / attention.Heads));
        Mask(isToken);
        var states = Embedded(isToken);
        for (var layer = 0; layer < _encoder.Layers; layer++) states = Layer(states, $"{_encoder.Prefix}encoder.layer.{layer}.");
        Project(states);
        _graph.Output(Output, "batch", _encoder.Projected.ToString(CultureInfo.InvariantCulture));
        return _graph;
    }

    /// <summary>0 where a token may look and <see cref="Unseen"/> elsewhere, [batch, 1, length, length].</summary>
    private void Mask(string isToken)
    {
        var length = _graph.Node("Gather", "length", ["sizes", _graph.Whole("one", 1)]);
        var places = _graph.Node("Range", "places", [_graph.Whole("zero", 0), length, "one"]);
        var column = _graph.Node("Unsqueeze", "places.column", [places, _graph.Wholes("second", 1)]);
        var distance = _graph.Node("Abs", "distance", [_graph.Node("Sub", "offset", [column, places])]);
        var isNear = _graph.Node("LessOrEqual", "near", [distance, _graph.Whole("reach", attention.Reach)]);
        var isKey = _graph.Node("Unsqueeze", "key", [isToken, _graph.Wholes("second.third", 1, 2)]);
        _graph.Node("Where", "mask", [_graph.Node("And", "seen", [isNear, isKey]), _graph.Real("mask.seen", 0), _graph.Real("mask.unseen", Unseen)]);
    }

    /// <summary>The word's vector, its place's and the one of the only kind of sentence, normalised; one row for each token.</summary>
    private string Embedded(string isToken)
    {
        const string embeddings = "embeddings.";
        // The first token has the place behind the padding's, and padding has its own.
        var whole = _graph.Node("Cast", "token.whole", [isToken], Attribute("to", (long)Onnx.TensorProto.Types.DataType.Int64));
        var counted = _graph.Node("Mul", "place.counted", [_graph.Node("CumSum", "token.count", [whole, "one"]), whole]);
        var place = _graph.Node("Add", "place", [counted, "pad"]);
        var sum = _graph.Node("Add", "embedded.placed", [Rows("word_embeddings", Input), Rows("position_embeddings", place)]);
        sum = _graph.Node("Add", "embedded.sum", [sum, _graph.Weight(new Weight($"{_encoder.Prefix}{embeddings}token_type_embeddings.weight", [_encoder.Hidden], Precision.Float32, () => checkpoint.Read($"{_encoder.Prefix}{embeddings}token_type_embeddings.weight")[.._encoder.Hidden]))]);
        return Normalised(_graph.Node("Reshape", "embedded", [sum, "rows"]), $"{_encoder.Prefix}{embeddings}LayerNorm");

        string Rows(string table, string ids) => Wide(_graph.Node("Gather", table, [Weight($"{_encoder.Prefix}{embeddings}{table}.weight", precision), ids]));
    }

    private string Layer(string states, string layer)
    {
        var query = Heads("query", 0, 2, 1, 3);
        var seen = _graph.Node("MatMul", $"{layer}scores", [_graph.Node("Mul", $"{layer}query.scaled", [query, "scale"]), Heads("key", 0, 2, 3, 1)]);
        var share = _graph.Node("Softmax", $"{layer}shares", [_graph.Node("Add", $"{layer}scores.masked", [seen, "mask"])], Attribute("axis", -1L));
        var mixed = _graph.Node("Transpose", $"{layer}mixed.tokens", [_graph.Node("MatMul", $"{layer}mixed", [share, Heads("value", 0, 2, 1, 3)])], Attribute("perm", 0, 2, 1, 3));
        states = Added(states, Dense(_graph.Node("Reshape", $"{layer}mixed.rows", [mixed, "rows"]), $"{layer}attention.output.dense"), $"{layer}attention.output.LayerNorm");
        var inner = Gelu(Dense(states, $"{layer}intermediate.dense"));
        return Added(states, Dense(inner, $"{layer}output.dense"), $"{layer}output.LayerNorm");

        string Heads(string part, params long[] order)
        {
            var name = $"{layer}attention.self.{part}";
            return _graph.Node("Transpose", $"{name}.turned", [_graph.Node("Reshape", $"{name}.heads", [Dense(states, name), "heads"])], Attribute("perm", order));
        }
    }

    /// <summary>The first token's state, projected, at length one.</summary>
    private void Project(string states)
    {
        var first = _graph.Node("Gather", "first", [_graph.Node("Reshape", "states.last", [states, "states"]), "zero"], Attribute("axis", 1L));
        var vector = Linear(first, $"{TextEncoder.Where}linear_layer", Precision.Float32);
        var size = _graph.Node("ReduceL2", "contrastive.length", [vector], Attribute("axes", [1L]), Attribute("keepdims", 1L));
        _graph.Node("Div", Output, [vector, size]);
    }

    private string Dense(string input, string name)
    {
        if (precision == Precision.Float32) return Linear(input, name, precision);
        return Wide(Linear(_graph.Cast(input, $"{name}.half", precision), name, precision));
    }

    private string Linear(string input, string name, Precision of) => _graph.Node("Gemm", $"{name}.linear", [input, Weight($"{name}.weight", of), Weight($"{name}.bias", of)], Attribute("transB", 1L));

    private string Wide(string value) => precision == Precision.Float32 ? value : _graph.Cast(value, $"{value}.single", Precision.Float32);

    private string Added(string states, string change, string norm) => Normalised(_graph.Node("Add", $"{norm}.sum", [states, change]), norm);

    /// <summary>In the steps that runtimes know to be one: there is no operator for it in this opset.</summary>
    private string Normalised(string input, string name)
    {
        var centred = _graph.Node("Sub", $"{name}.centred", [input, _graph.Node("ReduceMean", $"{name}.mean", [input], Attribute("axes", [-1L]))]);
        var square = _graph.Node("Pow", $"{name}.square", [centred, _graph.Real($"{name}.two", 2)]);
        var variance = _graph.Node("ReduceMean", $"{name}.variance", [square], Attribute("axes", [-1L]));
        var deviation = _graph.Node("Sqrt", $"{name}.deviation", [_graph.Node("Add", $"{name}.safe", [variance, _graph.Real($"{name}.epsilon", TextEncoder.NormEpsilon)])]);
        var scaled = _graph.Node("Mul", $"{name}.scaled", [_graph.Node("Div", $"{name}.normal", [centred, deviation]), Weight($"{name}.weight", Precision.Float32)]);
        return _graph.Node("Add", $"{name}.normalised", [scaled, Weight($"{name}.bias", Precision.Float32)]);
    }

    /// <summary>x · ½ · (1 + erf(x / √2)), not the tangent that stands in for it elsewhere.</summary>
    private string Gelu(string input)
    {
        var error = _graph.Node("Erf", $"{input}.erf", [_graph.Node("Div", $"{input}.scaled", [input, _graph.Real($"{input}.root", Math.Sqrt(2))])]);
        var twice = _graph.Node("Mul", $"{input}.twice", [input, _graph.Node("Add", $"{input}.raised", [error, _graph.Real($"{input}.one", 1)])]);
        return _graph.Node("Mul", $"{input}.gelu", [twice, _graph.Real($"{input}.half", 0.5)]);
    }

    private string Weight(string name, Precision of) => _graph.Weight(new Weight(name, checkpoint.File.Tensors[name].Shape, of, () => checkpoint.Read(name)));
}
