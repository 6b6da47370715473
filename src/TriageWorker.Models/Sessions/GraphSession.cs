using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Models.Packages;

namespace TriageWorker.Models.Sessions;

/// <summary>A named array of float32 that came out of a graph.</summary>
internal sealed record GraphValue(long[] Shape, float[] Values);

/// <summary>
/// One graph, loaded and warm for one size of volume. May be run by several threads at once. The first run asks for memory value by value; ONNX Runtime notes which values lived at
/// the same time, and later runs take one block in which they lie over one another.
/// </summary>
internal sealed class GraphSession : IDisposable
{
    private static readonly string[] s_open = ["batch", "x", "y", "z"];

    private readonly InferenceSession _session;
    private readonly PackageGraph _graph;
    private readonly bool _isOnProcessor;
    private readonly long[] _shape;
    private readonly string[] _outputs;

    /// <param name="size">Of the volumes that will be scored.</param>
    /// <exception cref="OnnxRuntimeException">The provider is not usable here, or the file is no graph; on a GPU also where it takes no volume of this size.</exception>
    public GraphSession(PackageGraph graph, GridSize size, ExecutionProvider provider, ScoringOptions options)
    {
        _graph = graph;
        _isOnProcessor = provider == ExecutionProvider.Cpu;
        if (_isOnProcessor) NativeHeap.LetGoOfLargeBlocks();
        _shape = [1, 1, size.X, size.Y, size.Z];
        _outputs = [.. graph.Outputs.Select(output => output.Name)];
        using var sessionOptions = For(provider, options);
        // A GPU's library prepares for sizes that it knows. On a processor they stay open: where all shapes are known, each buffer waits for the next value of its shape, while
        // others want memory, and a full-size Merlin takes two thirds of a gigabyte more (docs/decisions/0025). Names are the importer's; in a graph without them nothing is closed.
        if (!_isOnProcessor) foreach (var (name, value) in s_open.Zip([1, size.X, size.Y, size.Z])) sessionOptions.AddFreeDimensionOverrideByName(name, value);
        _session = new InferenceSession(graph.File, sessionOptions);
    }

    public bool IsIn(GraphPass pass) => pass == GraphPass.All || _graph.IsDeferred == (pass == GraphPass.Deferred);

    /// <summary>Where the graph is not what the manifest says.</summary>
    public IEnumerable<string> Disagreements(string path)
    {
        if (!_session.InputMetadata.TryGetValue(_graph.Input, out var input))
            yield return $"{path}.input: the graph has no input {_graph.Input}; it has {string.Join(", ", _session.InputMetadata.Keys)}.";
        else if (!Fits(input))
            yield return $"{path}.input: {_graph.Input} is {input.ElementDataType} [{string.Join(",", input.Dimensions)}], input.size makes Float [{string.Join(",", _shape)}].";
        for (var o = 0; o < _outputs.Length; o++)
        {
            if (!_session.OutputMetadata.ContainsKey(_outputs[o]))
                yield return $"{path}.outputs[{o}].name: the graph has no output {_outputs[o]}; it has {string.Join(", ", _session.OutputMetadata.Keys)}.";
        }
    }

    /// <param name="volume">[1, 1, X, Y, Z]; only read.</param>
    /// <exception cref="ScoringException">The library could not compute it.</exception>
    public IEnumerable<(OutputKind Kind, GraphValue Value)> Run(float[] volume, CancellationToken stop)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(volume, _shape);
        using var run = new RunOptions();
        using var ended = stop.Register(() => run.Terminate = true);
        try
        {
            using var results = _session.Run(run, [_graph.Input], [input], _outputs);
            return [.. results.Select((result, o) => (_graph.Outputs[o].Kind, Copy(result)))];
        }
        catch (OnnxRuntimeException) when (stop.IsCancellationRequested)
        {
            throw new OperationCanceledException(stop);
        }
        catch (OnnxRuntimeException error)
        {
            throw new ScoringException($"ONNX Runtime could not run {Path.GetFileName(_graph.File)}: {error.Message}", worthRetrying: true, error);
        }
        finally
        {
            if (_isOnProcessor) NativeHeap.GiveBack();
        }
    }

    public void Dispose() => _session.Dispose();

    private static GraphValue Copy(OrtValue value) => new(value.GetTensorTypeAndShape().Shape, value.GetTensorDataAsSpan<float>().ToArray());

    private bool Fits(NodeMetadata input) =>
        input.ElementDataType == TensorElementType.Float
        && input.Dimensions.Length == _shape.Length
        && input.Dimensions.Zip(_shape).All(pair => pair.First < 0 || pair.First == pair.Second);

    private static SessionOptions For(ExecutionProvider provider, ScoringOptions options)
    {
        var session = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = options.Threads,
            InterOpNumThreads = 1,
            EnableCpuMemArena = options.CpuMemoryArena,
        };
        // Waiting threads sleep: the cores belong to the slices of the next study.
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        try
        {
            // TensorRT leaves to CUDA what it cannot do.
            if (provider == ExecutionProvider.TensorRt) AppendTensorRt(session, options);
            if (provider != ExecutionProvider.Cpu) AppendCuda(session, options);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static void AppendTensorRt(SessionOptions session, ScoringOptions options)
    {
        using var tensorRt = new OrtTensorRTProviderOptions();
        tensorRt.UpdateOptions(new() { ["device_id"] = Text(options.Device), ["trt_fp16_enable"] = options.Arithmetic == Arithmetic.Fast ? "1" : "0" });
        session.AppendExecutionProvider_Tensorrt(tensorRt);
    }

    private static void AppendCuda(SessionOptions session, ScoringOptions options)
    {
        using var cuda = new OrtCUDAProviderOptions();
        // Memory grows by what is asked for, not to the next power of two: several packages and processes share one GPU.
        cuda.UpdateOptions(new() { ["device_id"] = Text(options.Device), ["use_tf32"] = options.Arithmetic == Arithmetic.Fast ? "1" : "0", ["arena_extend_strategy"] = "kSameAsRequested" });
        session.AppendExecutionProvider_CUDA(cuda);
    }

    private static string Text(int device) => device.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
