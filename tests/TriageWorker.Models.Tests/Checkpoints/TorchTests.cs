using System.Text.Json;
using TriageWorker.Models.Checkpoints;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Checkpoints;

/// <summary>Files of PyTorch itself, where it is installed.</summary>
public sealed class TorchTests : IDisposable
{
    private const string Python = "/usr/bin/python3"; // Debian's own, which has Debian's python3-torch

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_PyTorch_writes_is_what_we_read_in_every_layout_and_type()
    {
        Assert.SkipUnless(File.Exists(Python) && (await ExternalTool.RunAsync(Python, "-c", "import torch")).ExitCode == 0, "PyTorch is not here: install python3-torch.");
        var script = Repository.At("tests", "TriageWorker.Models.Tests", "Checkpoints", "torch_files.py");
        using var said = JsonDocument.Parse((await ExternalTool.RunAsync(Python, script, _folder.Path)).Expect().Output);
        foreach (var layout in (string[])["zip.pt", "dict.pt", "legacy.pt", "protocol4.pt"])
        {
            using var checkpoint = Checkpoint.Open(_folder.At(layout));
            checkpoint.Tensors.Keys.ShouldBe(said.RootElement.EnumerateObject().Select(tensor => tensor.Name));
            foreach (var expected in said.RootElement.EnumerateObject())
            {
                var tensor = checkpoint.Tensors[expected.Name];
                tensor.Shape.ShouldBe(expected.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()), $"{layout} {expected.Name}");
                checkpoint.Read<double>(tensor).ShouldBe(expected.Value.GetProperty("values").EnumerateArray().Select(value => value.GetDouble()), $"{layout} {expected.Name}");
            }

            checkpoint.Verify().Length.ShouldBe(64);
        }
    }
}
