using TriageWorker.Models.Checkpoints;
using TriageWorker.Testing;
using static TriageWorker.Testing.Pickling;

namespace TriageWorker.Models.Tests.Checkpoints;

/// <summary>Checkpoints with something wrong anywhere: read or refused, with a reason, and within memory that the file's own size bounds.</summary>
public sealed class CheckpointFuzzTests : IDisposable
{
    private const long MemoryFixed = 4 << 20, MemoryMultiple = 64;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_small_file_with_anything_wrong_in_it_is_read_or_refused()
    {
        var tensors = Dictionary(("a", Vector("0", 6)), ("b", Tensor(Storage("1", "LongStorage", 1), 0, [], [])), ("c", Tensor(Storage("0", "FloatStorage", 6), 1, [2, 2], [3, 1])));
        byte[][] samples =
        [
            ZipBytes.Checkpoint(Pickle(tensors), new byte[24], new byte[8]),
            ZipBytes.Of(isWide: true, ZipBytes.Parts(Pickle(tensors), new byte[24], new byte[8])),
            LegacyBytes.Of(tensors, ("0", 6, new byte[24]), ("1", 1, new byte[8])),
        ];
        var read = 0;
        Fuzz.Cases(fast: 3_000, whole: 200_000, random => read += Check(Mutation.Of(samples[random.Next(samples.Length)], random)) ? 1 : 0);
        read.ShouldBeGreaterThan(0);
    }

    [Theory, InlineData("default.pt"), InlineData("five_year.pt")]
    public void A_checkpoint_whose_names_and_shapes_have_anything_wrong_in_them_is_read_or_refused(string name)
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var whole = File.ReadAllBytes(Shared.At("merlin", "tiny", name));
        var pickle = new Range(80, whole.AsSpan().IndexOf("PK\u0003\u0004"u8[..4]) is 0 ? 20_000 : 80); // the pickle is the first entry
        var directory = new Range(whole.AsSpan().IndexOf("PK\u0001\u0002"u8[..4]), whole.Length);
        Fuzz.Cases(fast: 60, whole: 4_000, random =>
        {
            var where = random.Next(2) == 0 ? pickle : directory;
            var wrong = Mutation.Of(whole.AsSpan(where), random);
            Check([.. whole.AsSpan(..where.Start), .. wrong, .. whole.AsSpan(where.End..)]);
        });
    }

    private bool Check(byte[] bytes)
    {
        var path = _folder.At("fuzzed.pt");
        File.WriteAllBytes(path, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var isRead = TryRead(path);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan((bytes.Length * MemoryMultiple) + MemoryFixed);
        return isRead;
    }

    private static bool TryRead(string path)
    {
        try
        {
            using var checkpoint = Checkpoint.Open(path);
            foreach (var tensor in checkpoint.Tensors.Values) checkpoint.Read<double>(tensor).Length.ShouldBe(tensor.Count);
            return true;
        }
        catch (CheckpointException why)
        {
            why.Faults.ShouldNotBeEmpty();
            return false;
        }
    }
}
