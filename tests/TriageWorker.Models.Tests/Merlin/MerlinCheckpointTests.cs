using TriageWorker.Models.Checkpoints;
using TriageWorker.Models.Merlin;
using TriageWorker.Models.Tests.Checkpoints;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Merlin;

public sealed class MerlinCheckpointTests
{
    private const string Image = "encode_image.i3_resnet.", Text = "encode_text.text_encoder.";

    [Fact]
    public void Depth_and_widths_are_what_names_and_shapes_say()
    {
        var (image, text) = Opened.With(SmallMerlin.Default().ToBytes(), file => (MerlinCheckpoint.Default(file).Image, MerlinCheckpoint.Default(file).Text));
        image.Stem.ShouldBe(4);
        image.Layers.ShouldBe(
        [
            new TrunkLayer($"{Image}layer1", 1, 4, 3, 8, 1), new TrunkLayer($"{Image}layer2", 2, 8, 4, 10, 2),
            new TrunkLayer($"{Image}layer3", 1, 10, 5, 12, 2), new TrunkLayer($"{Image}layer4", 1, 12, 6, 14, 2),
        ]);
        (image.Features, image.Labels, image.Contrastive).ShouldBe((14, 6, 5));
        text.ShouldBe(new TextEncoder(Text, Layers: 2, Hidden: 8, Inner: 12, Vocabulary: 280, Positions: 16, Projected: 5));
    }

    [Fact]
    public void The_five_year_checkpoint_has_the_same_encoder_without_a_prefix_and_no_text()
    {
        var (image, text) = Opened.With(SmallMerlin.FiveYear().ToBytes(), file => (MerlinCheckpoint.FiveYear(file).Image, MerlinCheckpoint.FiveYear(file).Text));
        image.Layers.Sum(layer => layer.Blocks).ShouldBe(5);
        image.Prefix.ShouldBeEmpty();
        text.ShouldBeNull();
    }

    [Fact]
    public void The_published_layouts_have_nothing_missing_and_nothing_over()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        using var standard = Checkpoint.Open(TinyMerlin.Path("default.pt"));
        using var risk = Checkpoint.Open(TinyMerlin.Path("five_year.pt"));
        var image = MerlinCheckpoint.Default(standard).Image;
        image.Layers.Select(layer => layer.Blocks).ShouldBe([2, 1, 2, 1]);
        (image.Features, image.Labels, image.Contrastive).ShouldBe((256, 1692, 512));
        MerlinCheckpoint.Default(standard).Text.ShouldBe(new TextEncoder(Text, Layers: 2, Hidden: 48, Inner: 192, Vocabulary: 512, Positions: 1030, Projected: 512));
        MerlinCheckpoint.FiveYear(risk).Image.Labels.ShouldBe(6);
    }

    [Fact]
    public void All_that_is_missing_over_or_of_another_shape_or_type_is_listed_at_once()
    {
        var wrong = SmallMerlin.Default()
            .Remove($"{Image}layer2.1.bn2.running_var")
            .Remove($"{Text}encoder.layer.1.attention.self.key_global.bias")
            .Add($"{Image}layer3.0.bn1.bias", 6)
            .Add($"{Image}contrastive_head.bias", 5, 1)
            .Add($"{Image}layer1.0.bn1.num_batches_tracked")
            .Add($"{Image}layer4.0.conv1.weight", "LongStorage", 6, 12, 1, 1, 1)
            .Add($"{Image}fc.weight", 3, 14)
            .Add("encode_text.linear_layer.weight", 7, 8);
        Faults(MerlinCheckpoint.Default, wrong).ShouldBe(
        [
            $"{Image}layer1.0.bn1.num_batches_tracked: is Float32, and should be a whole number.",
            $"{Image}layer2.1.bn2.running_var: is missing, and should be [4].",
            $"{Image}layer3.0.bn1.bias: is [6], and should be [5].",
            $"{Image}layer4.0.conv1.weight: is Int64, and should be floating-point numbers.",
            $"{Image}contrastive_head.bias: is [5,1], and should be [5].",
            $"{Text}encoder.layer.1.attention.self.key_global.bias: is missing, and should be [8].",
            "encode_text.linear_layer.weight: is [7,8], and should be [5,8].",
            $"{Image}fc.weight: is no tensor of this network, [3,14].",
        ]);
    }

    [Fact]
    public void Every_tensor_is_needed_but_those_that_nothing_computes_with()
    {
        var names = Opened.With(SmallMerlin.Default().ToBytes(), file => file.Tensors.Keys.ToArray());
        foreach (var name in names)
            Faults(MerlinCheckpoint.Default, SmallMerlin.Default().Remove(name)).ShouldContain(fault => fault.StartsWith($"{name}: is missing", StringComparison.Ordinal), name);
    }

    [Fact]
    public void Where_what_tells_a_width_is_missing_the_width_is_unknown_and_not_guessed() =>
        Faults(MerlinCheckpoint.FiveYear, SmallMerlin.FiveYear().Remove("layer2.0.conv2.weight")).ShouldBe(["layer2.0.conv2.weight: is missing, and should be [?,?,3,3,3]."]);

    [Fact]
    public void A_block_that_is_left_out_and_one_far_away_are_both_named()
    {
        var wrong = SmallMerlin.FiveYear().Add("layer3.2000000000.conv1.weight", 1);
        var faults = Faults(MerlinCheckpoint.FiveYear, wrong);
        faults.ShouldContain("layer3.1.conv1.weight: is missing, and should be [5,12,1,1,1].");
        faults.ShouldContain("layer3.2000000000.conv1.weight: is no tensor of this network, [1].");
        faults.Count.ShouldBe(19);
    }

    [Fact]
    public void A_file_full_of_blocks_does_not_make_a_network()
    {
        var wrong = SmallMerlin.FiveYear();
        for (var block = 2; block < 600; block++) wrong.Add($"layer2.{block}.x", 1);
        Faults(MerlinCheckpoint.FiveYear, wrong).ShouldContain("layer2.*: there are 600, and more than 500 are not read.");
    }

    [Fact]
    public void A_file_of_something_else_is_refused_with_what_it_lacks()
    {
        var other = ZipBytes.Checkpoint(Pickling.Pickle(Pickling.Dictionary(("x", Pickling.Vector("0", 6)))), new byte[24]);
        var message = Should.Throw<CheckpointException>(() => Opened.With(other, MerlinCheckpoint.Default)).Message;
        message.ShouldContain($"{Image}layer1.0: there is none.");
        message.ShouldEndWith(" more.");
    }

    [Fact]
    public void Each_checkpoint_given_for_the_other_is_told_apart()
    {
        Faults(MerlinCheckpoint.Default, SmallMerlin.FiveYear()).Single().ShouldContain("this is the five-year checkpoint; the default one is wanted here");
        Faults(MerlinCheckpoint.FiveYear, SmallMerlin.Default()).Single().ShouldContain("this is the default checkpoint; the five-year one is wanted here");
    }

    [Theory, InlineData("module."), InlineData("model.net.")]
    public void A_model_that_was_saved_with_what_is_around_it_is_refused_in_one_sentence(string around)
    {
        Faults(MerlinCheckpoint.Default, SmallMerlin.Default().Within(around)).ShouldBe(
            [$"{Image}layer1.0.conv1.weight: is missing, and {around}{Image}layer1.0.conv1.weight is there: '{around}' stands before the names; save the state dictionary of the model itself, without what is around it."]);
        Faults(MerlinCheckpoint.FiveYear, SmallMerlin.FiveYear().Within(around)).ShouldHaveSingleItem().ShouldContain($"'{around}' stands before the names");
    }

    [Fact]
    public void A_variance_below_zero_is_refused_when_it_is_read()
    {
        var file = SmallMerlin.FiveYear().Set("bn1.running_var", 1, 2, -1e-30f, 4).ToBytes();
        Should.Throw<CheckpointException>(() => Opened.With(file, opened => MerlinCheckpoint.FiveYear(opened).Read("bn1.running_var"))).Faults.ShouldBe(["bn1.running_var: holds a variance below zero."]);
    }

    [Theory, InlineData(float.NaN), InlineData(float.PositiveInfinity)]
    public void Values_that_are_no_numbers_are_refused_when_they_are_read(float value)
    {
        var file = SmallMerlin.FiveYear().Set("bn1.bias", 1, 2, value, 4).ToBytes();
        Should.Throw<CheckpointException>(() => Opened.With(file, opened => MerlinCheckpoint.FiveYear(opened).Read("bn1.bias"))).Faults.ShouldBe(["bn1.bias: holds values that are no numbers."]);
    }

    [Fact]
    public void Trunks_are_the_same_only_if_every_number_that_is_computed_with_is()
    {
        HaveOneTrunk(SmallMerlin.Default(), SmallMerlin.Default().Set($"{Image}classifier.bias", 1, 2, 3, 4, 5, 6)).ShouldBeTrue();
        HaveOneTrunk(SmallMerlin.Default(), SmallMerlin.Default().Set($"{Image}bn1.running_var", 1, 2, 3, 4)).ShouldBeFalse();
        HaveOneTrunk(SmallMerlin.Default(), SmallMerlin.Default(seed: 2)).ShouldBeFalse();
        HaveOneTrunk(SmallMerlin.Default(), SmallMerlin.FiveYear()).ShouldBe(true);

        static bool HaveOneTrunk(SmallMerlin one, SmallMerlin other) => Opened.With(one.ToBytes(), first => Opened.With(other.ToBytes(), second => Read(first).HasTrunkOf(Read(second))));

        static MerlinCheckpoint Read(Checkpoint file) => file.Tensors.ContainsKey("conv1.weight") ? MerlinCheckpoint.FiveYear(file) : MerlinCheckpoint.Default(file);
    }

    private static IReadOnlyList<string> Faults(Func<Checkpoint, MerlinCheckpoint> read, SmallMerlin small) =>
        Should.Throw<CheckpointException>(() => Opened.With(small.ToBytes(), read)).Faults;
}
