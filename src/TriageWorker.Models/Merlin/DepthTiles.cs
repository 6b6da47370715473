using TriageWorker.Models.Graphs;
using static TriageWorker.Models.Graphs.GraphBuilder;

namespace TriageWorker.Models.Merlin;

/// <summary>The sizes of a field while a graph runs, as the shapes that its tiles are brought into.</summary>
/// <param name="Tiled">[batch, channels, tiles and one, 4, rows · columns].</param>
/// <param name="Planes">[batch, channels, tiles, rows, columns].</param>
/// <param name="Whole">[batch, channels, depth, rows, columns].</param>
internal sealed record TileShapes(string Tiled, string Planes, string Whole);

/// <summary>
/// Convolutions of 3×3×3 with stride 1 after Winograd, F(4,3) along the depth (Lavin and Gray, arXiv 1509.09308): six planes of the input become six
/// others, each is convolved in two dimensions, and four planes of the output are put together from them. That is half of the multiplications, in
/// operators that every runtime has. It takes a depth of a multiple of four, and single precision: the sums cancel.
/// </summary>
internal sealed class DepthTiles
{
    /// <summary>Planes of the output that a tile gives.</summary>
    public const int Depth = 4;

    private const int Taps = 6;

    private static readonly double[] s_input =
    [
        4, 0, -5, 0, 1, 0,
        0, -4, -4, 1, 1, 0,
        0, 4, -4, -1, 1, 0,
        0, -2, -1, 2, 1, 0,
        0, 2, -1, -2, 1, 0,
        0, 4, 0, -5, 0, 1,
    ];

    private static readonly double[] s_output =
    [
        1, 1, 1, 1, 1, 0,
        0, 1, -1, 2, -2, 0,
        0, 1, 1, 4, 4, 0,
        0, 1, -1, 8, -8, 1,
    ];

    /// <summary>How each of the six kernels is made of the three planes of the one.</summary>
    private static readonly double[][] s_kernel =
    [
        [1.0 / 4, 0, 0],
        [-1.0 / 6, -1.0 / 6, -1.0 / 6],
        [-1.0 / 6, 1.0 / 6, -1.0 / 6],
        [1.0 / 24, 1.0 / 12, 1.0 / 6],
        [1.0 / 24, -1.0 / 12, 1.0 / 6],
        [0, 0, 1],
    ];

    /// <summary>Along the planes of a tile.</summary>
    private static readonly Onnx.AttributeProto s_within = Attribute("axis", 3L);

    /// <summary>The column of <see cref="s_output"/> that is all ones: a bias put there reaches every plane once.</summary>
    private const int BiasTap = 1;

    private readonly GraphBuilder _graph;
    private readonly string _input, _output, _padding, _first, _last, _second, _past, _axes, _pair, _one;

    public DepthTiles(GraphBuilder graph)
    {
        _graph = graph;
        _input = graph.Weight(new Weight("tiles.input", [Taps, Taps], Precision.Float32, () => s_input));
        _output = graph.Weight(new Weight("tiles.output", [Depth, Taps], Precision.Float32, () => s_output));
        _padding = graph.Integers("tiles.padding", 0, 0, 1, 0, 0, 0, 0, Depth - 1, 0, 0);
        (_first, _last, _second, _past) = (graph.Integers("tiles.first", 0), graph.Integers("tiles.last", -1), graph.Integers("tiles.second", 1, 0), graph.Integers("tiles.past", int.MaxValue, Taps - Depth));
        (_axes, _pair, _one) = (graph.Integers("tiles.axis", 2), graph.Integers("tiles.axes", 2, 3), graph.Integers("tiles.one", 0, 0, 0, 1, -1));
    }

    /// <param name="like">Any field of the size in question, with any number of channels.</param>
    public TileShapes ShapesOf(string name, string like)
    {
        var shape = _graph.Node("Shape", $"{name}.shape", [like]);
        var plane = _graph.Node("Slice", $"{name}.plane", [shape, _graph.Integers($"{name}.rows", 3), _graph.Integers($"{name}.end", 5)]);
        var area = _graph.Node("ReduceProd", $"{name}.area", [plane], Attribute("keepdims", 1L));
        return new TileShapes(Joined("tiled", [0, 0, -1, Depth], area), Joined("planes", [0, 0, 0], plane), Joined("whole", [0, 0, -1], plane));

        string Joined(string what, long[] known, string rest) => _graph.Node("Concat", $"{name}.{what}", [_graph.Integers($"{name}.{what}.known", known), rest], Attribute("axis", 0L));
    }

    public string Convolve(string name, string field, FoldedConvolution folded, TileShapes shapes)
    {
        // A tile's six planes are its own four and the next one's first two; one plane of zeros before the field and three behind it.
        var tiles = Node("Reshape", "tiles", [Node("Pad", "padded", [field, _padding]), shapes.Tiled]);
        var planes = Node("Concat", "six", [Node("Slice", "own", [tiles, _first, _last, _axes]), Node("Slice", "next", [tiles, _second, _past, _pair])], s_within);
        string[] split = [.. Enumerable.Range(0, Taps).Select(tap => $"{name}.in{tap}")];
        _graph.Nodes("Split", split, [Node("MatMul", "input", [_input, planes])], s_within);
        string[] convolved = [.. split.Select((part, tap) => Plane(name, part, tap, folded, shapes))];
        return _graph.Node("Reshape", name, [Node("MatMul", "output", [_output, Node("Concat", "six.out", convolved, s_within)]), shapes.Whole]);

        string Node(string operation, string what, string[] inputs, params Onnx.AttributeProto[] attributes) => _graph.Node(operation, $"{name}.{what}", inputs, attributes);
    }

    private string Plane(string name, string part, int tap, FoldedConvolution folded, TileShapes shapes)
    {
        var field = _graph.Node("Reshape", $"{part}.planes", [part, shapes.Planes]);
        var kernel = _graph.Weight(folded.PlaneKernel(tap, s_kernel[tap]));
        string[] inputs = tap == BiasTap ? [field, kernel, _graph.Weight(folded.Bias(Precision.Float32))] : [field, kernel];
        var convolved = _graph.Node("Conv", $"{name}.out{tap}", inputs, Attribute("kernel_shape", 1, 3, 3), Attribute("pads", 0, 1, 1, 0, 1, 1));
        return _graph.Node("Reshape", $"{convolved}.plane", [convolved, _one]);
    }
}
