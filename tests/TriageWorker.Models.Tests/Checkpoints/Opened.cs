using TriageWorker.Models.Checkpoints;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Checkpoints;

/// <summary>Opens checkpoints that a test holds in memory.</summary>
internal static class Opened
{
    public static T With<T>(byte[] file, Func<Checkpoint, T> read)
    {
        using var folder = new TemporaryFolder();
        var path = folder.At("model.pt");
        File.WriteAllBytes(path, file);
        using var checkpoint = Checkpoint.Open(path);
        return read(checkpoint);
    }

    public static double[] Numbers(byte[] file, string name) => With(file, checkpoint => checkpoint.Read<double>(checkpoint.Tensors[name]));

    public static string Refused(byte[] file)
    {
        var why = Should.Throw<CheckpointException>(() => With(file, checkpoint => checkpoint.Tensors.Count));
        why.Message.ShouldStartWith("The checkpoint model.pt cannot be used: ");
        return string.Join(' ', why.Faults);
    }
}
