using Microsoft.ML.OnnxRuntime;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.OnnxRuntime;

public sealed class NativeLibraryTests
{
    [Fact]
    public void The_native_library_lies_beside_the_executable_and_is_the_version_the_sources_were_written_for() =>
        OrtEnv.Instance().GetVersionString().ShouldBe("1.29.0");

    [Fact]
    public void The_CPU_can_always_be_asked() =>
        OrtEnv.Instance().GetAvailableProviders().ShouldContain("CPUExecutionProvider");

    [Fact]
    public void A_graph_runs_and_its_numbers_are_right()
    {
        using var session = new InferenceSession(TinyGraph.OneNode("Relu", length: 3));
        using var x = OrtValue.CreateTensorValueFromMemory(new float[] { -1, 0, 2.5f }, [3]);
        using var run = new RunOptions();
        using var results = session.Run(run, ["x"], [x], ["y"]);
        results[0].GetTensorDataAsSpan<float>().ToArray().ShouldBe([0, 0, 2.5f]);
    }

    [Fact]
    public void Garbage_is_an_exception_and_not_a_crash() =>
        Should.Throw<OnnxRuntimeException>(() => new InferenceSession([1, 2, 3, 4]));
}
