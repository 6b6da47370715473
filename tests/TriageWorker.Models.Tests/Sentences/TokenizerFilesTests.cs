using System.Text.Json.Nodes;
using TriageWorker.Models.Sentences;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Sentences;

public sealed class TokenizerFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_file_says_the_same_as_two()
    {
        var two = SmallTokenizer.Read(SmallTokenizer.Write(_folder.At("two")));
        var one = SmallTokenizer.Read(SmallTokenizer.WriteWhole(_folder.At("one")));
        var newer = SmallTokenizer.Read(SmallTokenizer.WriteWhole(_folder.At("newer"), whole => whole["model"]!["merges"] = new JsonArray([.. SmallTokenizer.Merges.Select(merge => new JsonArray([.. merge.Split(' ').Select(part => JsonValue.Create(part))]))])));
        one.Ids["<mask>"].ShouldBe(279);
        one.Merges.ShouldBe(two.Merges);
        foreach (var text in (string[])["no free air .", "liver 😀", ""])
        {
            one.Encode(text).ShouldBe(two.Encode(text));
            newer.Encode(text).ShouldBe(two.Encode(text));
        }
    }

    [Fact]
    public void The_two_files_are_taken_where_all_three_are() =>
        TokenizerFiles.In(SmallTokenizer.WriteWhole(SmallTokenizer.Write(_folder.Path))).Select(Path.GetFileName).ShouldBe(["vocab.json", "merges.txt"]);

    [Fact]
    public void Line_ends_of_another_system_are_line_ends() =>
        SmallTokenizer.Read(SmallTokenizer.Write(_folder.Path, merges: $"#version: 0.2\r\n{string.Join("\r\n", SmallTokenizer.Merges)}\r\n")).Merges.ShouldBe(SmallTokenizer.Merges.Length);

    [Fact]
    public void A_folder_without_the_files_is_refused_with_what_should_be_there()
    {
        Refused(() => SmallTokenizer.Read(_folder.At("absent"))).ShouldEndWith("absent is not there.");
        Refused(() => SmallTokenizer.Read(_folder.Path)).ShouldContain("has no tokenizer.json; it should have vocab.json and merges.txt, or tokenizer.json");
        SmallTokenizer.Write(_folder.Path);
        File.Delete(_folder.At("merges.txt"));
        Refused(() => SmallTokenizer.Read(_folder.Path)).ShouldContain("has no merges.txt");
    }

    [Fact]
    public void A_tokenizer_that_is_used_with_a_space_before_the_first_word_is_refused()
    {
        File.WriteAllText(Path.Combine(SmallTokenizer.Write(_folder.Path), "tokenizer_config.json"), "{\"add_prefix_space\":false,\"model_max_length\":4096}");
        SmallTokenizer.Read(_folder.Path).Merges.ShouldBe(SmallTokenizer.Merges.Length);
        File.WriteAllText(_folder.At("tokenizer_config.json"), "{\"add_prefix_space\":true}");
        Refused(() => SmallTokenizer.Read(_folder.Path)).ShouldBe("The tokenizer file tokenizer_config.json cannot be used: add_prefix_space is true, and Merlin was taught without.");
    }

    [Theory]
    [InlineData("[1]", "its vocabulary is no JSON object of tokens and their numbers")]
    [InlineData("{\"a\":", "it is no JSON: ")]
    [InlineData("{\"a\":1,\"a\":2}", "'a' stands twice in the vocabulary")]
    [InlineData("{\"a\":1,\"b\":1}", "'b' and 'a' both have the number 1")]
    [InlineData("{\"a\":-1}", "'a' has the number -1, and should have a whole one from 0")]
    [InlineData("{\"a\":1.5}", "'a' has the number 1.5, and should have a whole one from 0")]
    [InlineData("{\"a\":\"1\"}", "'a' has the number \"1\", and should have a whole one from 0")]
    public void A_vocabulary_that_is_none_is_refused(string json, string why)
    {
        File.WriteAllText(Path.Combine(SmallTokenizer.Write(_folder.Path), "vocab.json"), json);
        Refused(() => SmallTokenizer.Read(_folder.Path)).ShouldStartWith($"The tokenizer file vocab.json cannot be used: {why}");
    }

    [Theory]
    [InlineData("Ġ f\nr\n", "line 2 is not two tokens with a space between them")]
    [InlineData("Ġ f g\n", "line 1 is not two tokens")]
    [InlineData("Ġ  f\n", "line 1 is not two tokens")]
    [InlineData("Ġ f\nq q\n", "line 2 has or makes 'qq', which the vocabulary has not")]
    [InlineData("Ġ f\nr e\nĠ f\n", "line 3 says again that 'Ġ' and 'f' become one")]
    [InlineData("#version: 0.2\n", "there are no merges")]
    public void Merges_that_do_not_go_with_the_vocabulary_are_refused(string merges, string why) =>
        Refused(() => SmallTokenizer.Read(SmallTokenizer.Write(_folder.Path, merges: merges))).ShouldStartWith($"The tokenizer file merges.txt cannot be used: {why}");

    [Fact]
    public void A_vocabulary_that_some_text_has_no_tokens_in_is_refused()
    {
        Refused(() => SmallTokenizer.Read(SmallTokenizer.Write(_folder.Path, Without("Ġ")))).ShouldContain("the vocabulary has no token for the byte 20 ('Ġ'); this is no byte-level vocabulary");
        Refused(() => SmallTokenizer.Read(SmallTokenizer.Write(_folder.Path, Without("<pad>")))).ShouldContain("the vocabulary has no <pad>; this is not RoBERTa's");
    }

    [Fact]
    public void What_is_no_text_or_far_too_large_is_refused()
    {
        SmallTokenizer.Write(_folder.Path);
        File.WriteAllBytes(_folder.At("merges.txt"), [0xff, 0xfe, 0xff]);
        Refused(() => SmallTokenizer.Read(_folder.Path)).ShouldBe("The tokenizer file merges.txt cannot be used: it is not UTF-8.");
        using (var file = File.OpenWrite(_folder.At("vocab.json"))) file.SetLength(65L << 20);
        Refused(() => SmallTokenizer.Read(_folder.Path)).ShouldBe("The tokenizer file vocab.json cannot be used: it is larger than 64 MB.");
    }

    /// <summary>Each would cut sentences otherwise than the encoder was taught, and nothing else would show it.</summary>
    [Theory]
    [InlineData("model.type", "\"WordPiece\"", "model.type is 'WordPiece', and RoBERTa's is 'BPE'")]
    [InlineData("pre_tokenizer.type", "\"Whitespace\"", "pre_tokenizer.type is 'Whitespace', and RoBERTa's is 'ByteLevel'")]
    [InlineData("pre_tokenizer.add_prefix_space", "true", "pre_tokenizer.add_prefix_space is 'true', and RoBERTa's is 'false'")]
    [InlineData("normalizer", "{\"type\":\"NFC\"}", "normalizer is '{\"type\":\"NFC\"}', and RoBERTa's is ''")]
    [InlineData("post_processor.type", "\"BertProcessing\"", "post_processor.type is 'BertProcessing'")]
    [InlineData("model.end_of_word_suffix", "\"</w>\"", "model.end_of_word_suffix is '</w>'")]
    [InlineData("model.vocab", "null", "its vocabulary is no JSON object")]
    [InlineData("model.merges", "{}", "model.merges is no list")]
    [InlineData("model.merges", "[3]", "model.merges[0] is not two tokens")]
    [InlineData("model.merges", "[[\"a\",null]]", "model.merges[0] is not two tokens")]
    [InlineData("added_tokens", "[{\"id\":1}]", "added_tokens has one without a content and a number")]
    [InlineData("added_tokens", "[{\"id\":7,\"content\":\"<s>\"}]", "'<s>' stands twice in the vocabulary")]
    public void Another_kind_of_tokenizer_is_refused(string path, string value, string why)
    {
        SmallTokenizer.WriteWhole(_folder.Path, whole =>
        {
            var parts = path.Split('.');
            var into = parts.Length == 1 ? whole : whole[parts[0]]!.AsObject();
            into[parts[^1]] = JsonNode.Parse(value);
        });
        Refused(() => SmallTokenizer.Read(_folder.Path)).ShouldStartWith($"The tokenizer file tokenizer.json cannot be used: {why}");
    }

    private static Dictionary<string, int> Without(string token) => SmallTokenizer.Vocabulary().Where(pair => pair.Key != token).ToDictionary();

    private static string Refused(Action read) => Should.Throw<FormatException>(read).Message;
}
