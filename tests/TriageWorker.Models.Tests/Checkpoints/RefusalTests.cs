using System.IO.Compression;
using TriageWorker.Models.Checkpoints;
using TriageWorker.Testing;
using static TriageWorker.Testing.Pickling;

namespace TriageWorker.Models.Tests.Checkpoints;

/// <summary>Files that want more than to hold tensors, say what is not so, or are not whole.</summary>
public sealed class RefusalTests
{
    private static readonly byte[] SixNumbers = new byte[24];

    private static byte[] Good => Pickle(Dictionary(("x", Vector("0", 6))));

    public static TheoryData<string, string> Names => new()
    {
        { "os", "system" }, { "posix", "system" }, { "builtins", "eval" }, { "__builtin__", "exec" }, { "subprocess", "Popen" }, { "torch", "load" }, { "torch.hub", "load" },
        { "torch._utils", "_rebuild_tensor" }, { "torch._utils", "_rebuild_device_tensor_from_numpy" }, { "collections", "defaultdict" }, { "torch", "FloatStorage.__init__" },
        { "numpy.core.multiarray", "_reconstruct" }, { "argparse", "Namespace" }, { "getattr", "" },
    };

    [Theory, MemberData(nameof(Names))]
    public void A_name_that_no_tensor_needs_is_refused_where_it_stands(string module, string name)
    {
        byte[] call = [.. Global(module, name), .. Tuple(Text("touch /tmp/owned")), (byte)'R'];
        byte[] modern = [.. Text(module), .. Text(name), 0x93, .. Tuple(Text("touch /tmp/owned")), (byte)'R'];
        foreach (var attack in (byte[][])[call, modern, Dictionary(("x", call)), [.. call, (byte)'0', .. Dictionary(("x", Vector("0", 6)))]])
        {
            var zip = Opened.Refused(ZipBytes.Checkpoint(Pickle(attack), SixNumbers));
            zip.ShouldStartWith("model/data.pkl, byte ");
            zip.ShouldContain($"names {module}.{name}, which is none of the few names that dense tensors of numbers are built with: a checkpoint is data, never code");
            Opened.Refused(LegacyBytes.Of(attack, ("0", 6, SixNumbers))).ShouldContain($"names {module}.{name}, which is none of the few names that dense tensors of numbers are built with");
        }
    }

    public static TheoryData<string, byte[], string> Pickles => new()
    {
        { "INST", Pickle([(byte)'(', .. Text("ls"), (byte)'i', .. "os\nsystem\n"u8]), "opcode 0x69 builds no tensor" },
        { "OBJ", Pickle([(byte)'(', (byte)'o']), "opcode 0x6f builds no tensor" },
        { "NEWOBJ", Pickle([.. Global("collections", "OrderedDict"), .. Tuple(), 0x81]), "opcode 0x81 builds no tensor" },
        { "EXT1", Pickle(0x82, 1), "opcode 0x82 builds no tensor" },
        { "text protocol", "(dp0\n."u8.ToArray(), "opcode 0x64 builds no tensor" },
        { "protocol 6", [0x80, 6, (byte)'N', (byte)'.'], "protocol 6" },
        { "calls what is no name", Pickle([.. Text("os"), .. Tuple(), (byte)'R']), "wants what makes tensors and finds a text" },
        { "calls a storage's class", Pickle([.. Global("torch", "FloatStorage"), .. Tuple(), (byte)'R']), "wants what makes tensors" },
        { "an OrderedDict of something", Pickle([.. Global("collections", "OrderedDict"), .. Tuple(List()), (byte)'R']), "calls OrderedDictionary with what does not make one" },
        { "a tensor of nothing", Pickle([.. Global("torch._utils", "_rebuild_tensor_v2"), .. Tuple(), (byte)'R']), "calls RebuildTensor" },
        { "attributes of a tensor", Pickle([.. Vector("0", 6), .. Dictionary(("_metadata", None)), (byte)'b']), "sets attributes" },
        { "attributes of a dictionary", Pickle([.. NoHooks, .. Dictionary(("__class__", None)), (byte)'b']), "sets attributes" },
        { "no storage", Pickle([.. Tuple(Text("module"), Global("torch", "FloatStorage"), Text("0"), Text("cpu"), Integer(6)), (byte)'Q']), "refers to something that is no storage" },
        { "a storage in a storage", Pickle(Dictionary(("x", Tensor(Storage("0", "FloatStorage", 6, Tuple(Text("1"), Integer(0), Integer(6))), 0, [6], [1])))), "as a part of another" },
        { "a negative storage", Pickle(Dictionary(("x", Vector("0", -1)))), "says that storage 0 has -1 numbers" },
        { "an endless storage", Pickle(Dictionary(("x", Vector("0", long.MaxValue)))), "says that storage 0 has" },
        { "two opinions of a storage", Pickle(Dictionary(("x", Vector("0", 6)), ("y", Tensor(Storage("0", "HalfStorage", 12), 0, [1], [1])))), "and before as 6 of Float32" },
        { "past the end", View(0, [7], [1]), "reaches number 6 of storage 0, which has 6" },
        { "offset past the end", View(6, [1], [1]), "reaches number 6" },
        { "stride past the end", View(0, [2, 2], [5, 1]), "reaches number 6" },
        { "negative stride", View(5, [6], [-1]), "negative offset, size or stride" },
        { "negative size", View(0, [-6], [1]), "negative offset, size or stride" },
        { "negative offset", View(-1, [6], [1]), "negative offset, size or stride" },
        { "huge size", View(0, [1L << 62], [0]), "is too large" },
        { "huge sizes whose product is small again", View(0, [1L << 32, 1L << 32], [0, 0]), "is too large" },
        { "huge stride", View(0, [3], [long.MaxValue]), "is too large" },
        { "six numbers as a thousand million", View(0, [1_000_000_000], [0]), "repeats the 6 numbers" },
        { "sizes and strides apart", View(0, [2, 3], [1]), "has 2 sizes and 1 strides" },
        { "forty axes", View(0, [.. Enumerable.Repeat(1L, 40)], [.. Enumerable.Repeat(1L, 40)]), "has 40 axes" },
        { "one key twice", Pickle(Dictionary(("x", Vector("0", 6)), ("x", Vector("0", 6)))), "sets x twice" },
        { "a key that is none", Pickle([(byte)'}', .. None, .. None, (byte)'s']), "has None as a key" },
        { "a key without a value", Pickle([(byte)'}', (byte)'(', .. Text("x"), (byte)'u']), "sets a key without a value" },
        { "too few values", Pickle((byte)'t'), "mark that is not there" },
        { "a value below the mark", Pickle([.. None, (byte)'(', 0x85]), "takes a value that is not there" },
        { "nothing", Pickle(), "takes a value that is not there" },
        { "what was not kept", Pickle((byte)'h', 7), "recalls value 7, which was not kept" },
        { "text that is none", Pickle((byte)'X', 2, 0, 0, 0, 0xC3, 0x28), "no UTF-8" },
        { "a text longer than the file", Pickle((byte)'X', 0xFF, 0xFF, 0xFF, 0x7F), "ends too early" },
        { "marks in marks", Pickle([.. Enumerable.Repeat((byte)'(', 100_000)]), "nests deeper than 32" },
        { "tuples in tuples", Pickle([.. None, .. Enumerable.Repeat((byte)0x85, 1_000_000)]), "nests deeper than 32" },
        { "lists in lists", Pickle([.. Enumerable.Repeat((byte)']', 1000), .. Enumerable.Repeat((byte)'a', 999)]), "nests deeper than 32" },
        { "dictionaries in dictionaries", Pickle([.. Enumerable.Repeat((byte[])[(byte)'}', .. Text("x")], 100).SelectMany(part => part), .. None, .. Enumerable.Repeat((byte)'s', 100)]), "nests deeper than 32" },
        { "memory without end", Pickle([(byte)'N', .. Enumerable.Repeat((byte)0x94, 2_000_000)]), "keeps more than 1048576 values" },
        { "values without end", Pickle([.. Enumerable.Repeat((byte)'N', 2_000_000)]), "values under construction" },
    };

    [Theory, MemberData(nameof(Pickles))]
    public void A_pickle_that_does_anything_else_than_build_tensors_within_their_storages_is_refused(string what, byte[] pickle, string why) =>
        Opened.Refused(ZipBytes.Checkpoint(pickle, SixNumbers)).ShouldContain(why, Case.Sensitive, what);

    public static TheoryData<string, byte[], string> Archives => new()
    {
        { "no storage", ZipBytes.Checkpoint(Good), "entry model/data/0: is referred to and is not in the archive" },
        { "a short storage", ZipBytes.Checkpoint(Good, new byte[20]), "entry model/data/0: has 20 bytes and should have 6 of Float32, 24 bytes" },
        { "a long storage", ZipBytes.Checkpoint(Good, new byte[28]), "has 28 bytes" },
        { "no pickle", ZipBytes.Of(new ZipPart("model/data/0", SixNumbers)), "has 0 entries FOLDER/data.pkl" },
        { "two pickles", ZipBytes.Of([.. ZipBytes.Parts(Good, SixNumbers), new ZipPart("other/data.pkl", Good)]), "has 2 entries FOLDER/data.pkl" },
        { "one name twice", ZipBytes.Of([.. ZipBytes.Parts(Good, SixNumbers), new ZipPart("model/data/0", new byte[24])]), "entry model/data/0: stands twice" },
        { "a place outside", ZipBytes.Checkpoint(Pickle(Dictionary(("x", Vector("../../etc/passwd", 6)))), SixNumbers), "is not in the archive" },
        { "a name that differs", ZipBytes.Of([.. ZipBytes.Parts(Good), new ZipPart("model/data/0", SixNumbers) { NameInHeader = "model/data/1" }]), "has another name in its header" },
        { "one over another", ZipBytes.Of([.. ZipBytes.Parts(Good), new ZipPart("model/data/1", SixNumbers), new ZipPart("model/data/1", SixNumbers) { Name = "model/data/1 ", LiesAt = 2 }]), "has another name in its header" },
        { "longer than the file", ZipBytes.Of([.. ZipBytes.Parts(Good), new ZipPart("model/data/0", SixNumbers) { SaidLength = 2_000_000 }]), "of 2000000 bytes does not lie before the archive's directory" },
        { "over the next one", ZipBytes.Of(new ZipPart("model/data.pkl", Good), new ZipPart("model/data/0", SixNumbers) { SaidLength = 25 }, new ZipPart("model/version", "3\n"u8.ToArray())), "entry model/version: lies over entry model/data/0" },
        { "encrypted", ZipBytes.Of(new ZipPart("model/data.pkl", Good) { Flags = 1 }), "entry model/data.pkl: is encrypted" },
        { "compressed", ZipBytes.Of(new ZipPart("model/data.pkl", Good) { Method = 8 }), "entry model/data.pkl: is compressed" },
        { "a bomb", Bomb(), "entry model/data/0: is compressed" },
        { "an unknown order", ZipBytes.Of([.. ZipBytes.Parts(Good, SixNumbers), new ZipPart("model/byteorder", "middle"u8.ToArray())]), "says neither little nor big" },
        { "a program", ZipBytes.Of([.. ZipBytes.Parts(Good, SixNumbers), new ZipPart("model/code/__torch__.py", [])]), "is a TorchScript program" },
        { "a larger pickle than there is", ZipBytes.Checkpoint(new byte[(16 << 20) + 1]), "more than 16777216 are not read" },
        { "thousands of views of one storage", ZipBytes.Checkpoint(Pickle(Dictionary([.. Enumerable.Range(0, 3000).Select(i => ($"x{i}", Vector("0", 300_000)))])), new byte[1_200_000]), "says that its tensors take" },
    };

    [Theory, MemberData(nameof(Archives))]
    public void An_archive_that_is_not_as_PyTorch_writes_it_is_refused(string what, byte[] file, string why) =>
        Opened.Refused(file).ShouldContain(why, Case.Sensitive, what);

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "is a Git LFS pointer")]
    [InlineData("<!DOCTYPE html>", "begins neither as a zip archive nor as PyTorch's older layout")]
    [InlineData("", "begins neither")]
    public void What_was_downloaded_instead_of_a_checkpoint_is_told_apart(string content, string why) =>
        Opened.Refused(System.Text.Encoding.ASCII.GetBytes(content)).ShouldContain(why);

    [Fact]
    public void What_a_file_calls_its_tensors_does_not_reach_a_terminal_as_it_is()
    {
        var said = Opened.Refused(ZipBytes.Checkpoint(Pickle(Dictionary(("\u001b[2J\a", Integer(1)), (new string('x', 100_000), Integer(1))))));
        said.ShouldStartWith("?[2J?: is a number and not a tensor.");
        said.Length.ShouldBeLessThan(2000);
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error_of_the_disk() => Should.Throw<FileNotFoundException>(() => Checkpoint.Open(Repository.At("no-such-model.pt")));

    public static TheoryData<string, byte[], string> OlderFiles => new()
    {
        { "more than said", [.. Legacy(6), 0], "and 1 more bytes follow" },
        { "another count", Legacy(5), "storage 0: has 5 numbers and should have 6" },
        { "a storage nobody wants", LegacyBytes.Of(Dictionary(), ("0", 6, SixNumbers)), "is listed and no tensor refers to it" },
        { "a storage that is missing", LegacyBytes.Of(Dictionary(("x", Vector("0", 6)))), "is referred to and not in the file" },
        { "a storage twice", LegacyBytes.Of(Dictionary(("x", Vector("0", 6))), ("0", 6, SixNumbers), ("0", 6, SixNumbers)), "is listed twice" },
        { "a huge storage", LegacyBytes.Of(Dictionary(("x", Tensor(Storage("0", "FloatStorage", 1L << 60), 0, [6], [1]))), ("0", 1L << 60, SixNumbers)), "does not lie in the file" },
    };

    [Theory, MemberData(nameof(OlderFiles))]
    public void An_older_file_whose_storages_are_not_as_it_says_is_refused(string what, byte[] file, string why) =>
        Opened.Refused(file).ShouldContain(why, Case.Sensitive, what);

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        using var folder = new TemporaryFolder();
        foreach (var whole in (byte[][])[ZipBytes.Checkpoint(Good, SixNumbers), ZipBytes.Of(isWide: true, ZipBytes.Parts(Good, SixNumbers)), Legacy(6)])
        {
            for (var cut = 0; cut < whole.Length; cut++)
            {
                File.WriteAllBytes(folder.At("cut.pt"), whole[..cut]);
                Should.Throw<CheckpointException>(() => Checkpoint.Open(folder.At("cut.pt")), $"{cut} of {whole.Length} bytes");
            }
        }
    }

    private static byte[] Legacy(long count) => LegacyBytes.Of(Dictionary(("x", Vector("0", 6))), ("0", count, SixNumbers));

    private static byte[] View(long offset, long[] shape, long[] stride) => Pickle(Dictionary(("x", Tensor(Storage("0", "FloatStorage", 6), offset, shape, stride))));

    /// <summary>64 MB of nothing, packed small, as .NET packs it.</summary>
    private static byte[] Bomb()
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            using (var pickle = zip.CreateEntry("model/data.pkl", CompressionLevel.NoCompression).Open()) pickle.Write(Good);
            using var storage = zip.CreateEntry("model/data/0", CompressionLevel.SmallestSize).Open();
            storage.Write(new byte[64 << 20]);
        }

        return file.ToArray();
    }
}
