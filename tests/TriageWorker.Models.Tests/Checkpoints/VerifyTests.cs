using System.Security.Cryptography;
using TriageWorker.Models.Checkpoints;
using TriageWorker.Testing;
using static TriageWorker.Testing.Pickling;

namespace TriageWorker.Models.Tests.Checkpoints;

public sealed class VerifyTests
{
    [Fact]
    public void A_whole_file_has_its_digest_and_the_share_read_grows_to_all()
    {
        var file = ZipBytes.Checkpoint(Pickle(Dictionary(("x", Vector("0", 1_000_000)))), new byte[4_000_000]);
        var shares = new List<double>();
        Opened.With(file, checkpoint => checkpoint.Verify(new Told(shares))).ShouldBe(Convert.ToHexStringLower(SHA256.HashData(file)));
        shares.ShouldBe(shares.Order());
        shares[^1].ShouldBe(1);
    }

    [Fact]
    public void One_bit_that_turned_since_PyTorch_wrote_the_file_is_found()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var whole = File.ReadAllBytes(Shared.At("merlin", "tiny", "default.pt"));
        Opened.With(whole, checkpoint => checkpoint.Verify()).ShouldBe(Convert.ToHexStringLower(SHA256.HashData(whole)));
        foreach (var name in (string[])["encode_image.i3_resnet.conv1.weight", "encode_text.text_encoder.embeddings.word_embeddings.weight", "logit_scale"])
        {
            var (key, offset) = Opened.With(whole, checkpoint => (checkpoint.Tensors[name].Numbers.Key, checkpoint.Tensors[name].Numbers.Offset));
            byte[] damaged = [.. whole];
            damaged[offset] ^= 1;
            Should.Throw<CheckpointException>(() => Opened.With(damaged, checkpoint => checkpoint.Verify())).Faults.Single().ShouldStartWith($"entry default/data/{key}: its bytes are not those that were written");
        }
    }

    [Fact]
    public void Nobody_need_wait_for_a_large_file()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Should.Throw<OperationCanceledException>(() => Opened.With(ZipBytes.Checkpoint(Pickle(Dictionary())), checkpoint => checkpoint.Verify(stop: stop.Token)));
    }

    private sealed class Told(List<double> shares) : IProgress<double>
    {
        public void Report(double value) => shares.Add(value);
    }
}
