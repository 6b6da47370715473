using System.Runtime.InteropServices;
using TriageWorker.Models.Checkpoints;
using TriageWorker.Testing;
using static TriageWorker.Testing.Pickling;

namespace TriageWorker.Models.Tests.Checkpoints;

public sealed class CheckpointTests
{
    private static readonly byte[] OneToSix = Floats(1, 2, 3, 4, 5, 6);

    /// <summary>−2 and 1 in every type (the unsigned: 254 and 1), little-endian.</summary>
    public static TheoryData<string, byte[], double[]> Types => new()
    {
        { "DoubleStorage", [0, 0, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F], [-2, 1] },
        { "FloatStorage", [0, 0, 0, 0xC0, 0, 0, 0x80, 0x3F], [-2, 1] },
        { "HalfStorage", [0, 0xC0, 0, 0x3C], [-2, 1] },
        { "BFloat16Storage", [0, 0xC0, 0x80, 0x3F], [-2, 1] },
        { "LongStorage", [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0, 0, 0, 0, 0], [-2, 1] },
        { "IntStorage", [0xFE, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0], [-2, 1] },
        { "ShortStorage", [0xFE, 0xFF, 1, 0], [-2, 1] },
        { "CharStorage", [0xFE, 1], [-2, 1] },
        { "ByteStorage", [0xFE, 1], [254, 1] },
        { "BoolStorage", [0, 1], [0, 1] },
    };

    [Theory, MemberData(nameof(Types))]
    public void Numbers_of_every_type_are_read(string storage, byte[] content, double[] expected)
    {
        var pickle = Pickle(Dictionary(("x", Tensor(Storage("0", storage, 2), 0, [2], [1]))));
        Opened.Numbers(ZipBytes.Checkpoint(pickle, content), "x").ShouldBe(expected);
    }

    [Theory, MemberData(nameof(Types))]
    public void A_file_that_says_big_is_read_the_other_way_round(string storage, byte[] content, double[] expected)
    {
        var size = content.Length / 2;
        byte[] turned = [.. content.Chunk(size).SelectMany(number => number.Reverse())];
        var pickle = Dictionary(("x", Tensor(Storage("0", storage, 2), 0, [2], [1])));
        Opened.Numbers(ZipBytes.Of([.. ZipBytes.Parts(Pickle(pickle), turned), new ZipPart("model/byteorder", "big"u8.ToArray())]), "x").ShouldBe(expected);
        Opened.Numbers(LegacyBytes.Of(isLittleEndian: false, pickle, ("0", 2, turned)), "x").ShouldBe(expected);
    }

    [Fact]
    public void The_older_layout_is_read_like_the_newer_one()
    {
        var tensors = Dictionary(
            ("a", Tensor(Storage("94", "FloatStorage", 6, None), 0, [2, 3], [3, 1])),
            ("b", Tensor(Storage("17", "LongStorage", 1, None), 0, [], [])));
        var file = LegacyBytes.Of(tensors, ("17", 1, BitConverter.GetBytes(7L)), ("94", 6, OneToSix));
        Opened.Numbers(file, "a").ShouldBe([1, 2, 3, 4, 5, 6]);
        Opened.Numbers(file, "b").ShouldBe([7]);
    }

    [Theory]
    [InlineData(0, new long[] { 2, 3 }, new long[] { 3, 1 }, new double[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(0, new long[] { 3, 2 }, new long[] { 1, 3 }, new double[] { 1, 4, 2, 5, 3, 6 })] // transposed
    [InlineData(1, new long[] { 2, 2 }, new long[] { 3, 1 }, new double[] { 2, 3, 5, 6 })] // a column cut away
    [InlineData(3, new long[] { 3 }, new long[] { 1 }, new double[] { 4, 5, 6 })]
    [InlineData(5, new long[] { 1, 1, 1 }, new long[] { 99, 99, 99 }, new double[] { 6 })] // strides of axes of one do not matter
    [InlineData(1, new long[] { 2, 3 }, new long[] { 1, 0 }, new double[] { 2, 2, 2, 3, 3, 3 })] // expanded
    [InlineData(2, new long[] { }, new long[] { }, new double[] { 3 })]
    [InlineData(6, new long[] { 0, 4 }, new long[] { 4, 1 }, new double[] { })]
    public void Offset_size_and_stride_are_honoured(long offset, long[] shape, long[] stride, double[] expected)
    {
        var pickle = Pickle(Dictionary(("x", Tensor(Storage("0", "FloatStorage", 6), offset, shape, stride))));
        var (read, dimensions) = Opened.With(ZipBytes.Checkpoint(pickle, OneToSix), checkpoint => (checkpoint.Read<float>(checkpoint.Tensors["x"]), checkpoint.Tensors["x"].Shape));
        read.Select(value => (double)value).ShouldBe(expected);
        dimensions.Select(size => (long)size).ShouldBe(shape);
    }

    [Fact]
    public void Tensors_may_share_their_numbers_and_come_in_the_order_of_the_file()
    {
        var file = ZipBytes.Checkpoint(Pickle(Dictionary(("z", Vector("0", 6)), ("a", Tensor(Storage("0", "FloatStorage", 6), 4, [2], [1])))), OneToSix);
        Opened.With(file, checkpoint => checkpoint.Tensors.Keys.ToArray()).ShouldBe(["z", "a"]);
        Opened.Numbers(file, "a").ShouldBe([5, 6]);
    }

    [Fact]
    public void An_archive_with_64_bit_places_is_read() =>
        Opened.Numbers(ZipBytes.Of(isWide: true, ZipBytes.Parts(Pickle(Dictionary(("x", Vector("0", 6)))), OneToSix)), "x").ShouldBe([1, 2, 3, 4, 5, 6]);

    [Fact]
    public void A_parameter_is_its_tensor_and_metadata_of_the_dictionary_is_left_out()
    {
        byte[] parameter = [.. Global("torch._utils", "_rebuild_parameter"), .. Tuple(Vector("0", 6), False, NoHooks), (byte)'R'];
        byte[] dictionary = [.. NoHooks, (byte)'(', .. Text("x"), .. parameter, (byte)'u', .. Dictionary(("_metadata", Dictionary(("layer", Integer(1))))), (byte)'b'];
        Opened.With(ZipBytes.Checkpoint(Pickle(dictionary), OneToSix), checkpoint => checkpoint.Tensors.Keys.Single()).ShouldBe("x");
    }

    [Fact]
    public void Numbers_that_do_not_fit_one_block_are_read_whole()
    {
        var values = Enumerable.Range(0, 700_000).Select(value => (float)value).ToArray();
        var pickle = Pickle(Dictionary(("x", Vector("0", values.Length)), ("t", Tensor(Storage("0", "FloatStorage", values.Length), 1, [3, 200_000], [1, 3]))));
        var file = ZipBytes.Checkpoint(pickle, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        Opened.With(file, checkpoint => checkpoint.Read<float>(checkpoint.Tensors["x"])).ShouldBe(values);
        Opened.Numbers(file, "t")[200_001].ShouldBe(1 + 1 + 3);
    }

    [Fact]
    public void What_is_no_dictionary_of_tensors_is_refused_and_all_that_is_none_is_named()
    {
        var file = ZipBytes.Checkpoint(Pickle(Dictionary(("state_dict", Dictionary(("x", Vector("0", 6)))), ("epoch", Integer(5)), ("x", Vector("0", 6)))), OneToSix);
        Opened.Refused(file).ShouldStartWith("state_dict: is a dictionary and not a tensor. epoch: is a number and not a tensor.");
        Opened.Refused(ZipBytes.Checkpoint(Pickle(Vector("0", 6)), OneToSix)).ShouldContain("holds a tensor and not a dictionary of tensors");
    }

    [Fact]
    public void The_published_layouts_are_read()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        using var standard = Checkpoint.Open(Shared.At("merlin", "tiny", "default.pt"));
        using var risk = Checkpoint.Open(Shared.At("merlin", "tiny", "five_year.pt"));
        standard.Tensors["encode_image.i3_resnet.conv1.weight"].Shape.ShouldBe([8, 3, 3, 7, 7]);
        standard.Tensors["logit_scale"].Shape.ShouldBeEmpty();
        risk.Tensors["classifier.weight"].Shape.ShouldBe([6, 256, 1, 1, 1]);
        risk.Tensors["bn1.num_batches_tracked"].Type.ShouldBe(ElementType.Int64);
        foreach (var checkpoint in (Checkpoint[])[standard, risk])
            foreach (var tensor in checkpoint.Tensors.Values) checkpoint.Read<double>(tensor).ShouldAllBe(value => double.IsFinite(value));
    }

    private static byte[] Floats(params float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
