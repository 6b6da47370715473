using System.Text.Json;
using TriageWorker.Models.Sentences;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Sentences;

public sealed class TokenizerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("no free air .", "no|Ġfree|Ġair|Ġ.")]
    [InlineData(" free", "Ġfree")]
    [InlineData("free free", "f|ree|Ġfree")]
    [InlineData("refree", "re|f|ree")]
    [InlineData("", "")]
    [InlineData("é", "Ã|©")]
    [InlineData("\n\u00ad", "Ċ|Â|Ń")]
    [InlineData("<s>", "<|s|>")]
    public void What_was_learned_first_is_merged_first(string text, string tokens) => Tokens(text).ShouldBe(tokens);

    /// <summary>GPT-2's pattern: contractions, a space with what follows it, letters, numbers, others, and the last of several spaces with the word behind them.</summary>
    [Theory]
    [InlineData("I'm they'll 'S", "I|'m| they|'ll| '|S")]
    [InlineData("a  b", "a| | b")]
    [InlineData("a   b  ", "a|  | b|  ")]
    [InlineData("a\t\tb", "a|\t|\t|b")]
    [InlineData(" \u00a0x", " |\u00a0|x")]
    [InlineData("12ab 3.5!?", "12|ab| 3|.|5|!?")]
    [InlineData("a1½²Ⅷ", "a|1½²Ⅷ")]
    [InlineData("e\u0301 😀😀𝐀", "e|\u0301| 😀😀|𝐀")]
    [InlineData("\u001ca", "\u001c|a")]
    public void Text_is_cut_as_GPT_2_cuts_it(string text, string pieces) => PreTokenizer.Pieces(text).ShouldBe(pieces.Split('|'));

    /// <summary>Numbers that RoBERTa's published vocabulary gives these words.</summary>
    [Fact]
    public void Known_words_have_their_known_numbers()
    {
        var vocabulary = SmallTokenizer.Vocabulary().Where(token => token.Value < 4).ToDictionary();
        var used = new Dictionary<string, int> { ["Hello"] = 31414, ["Ġworld"] = 232, ["!"] = 328, ["."] = 4, [","] = 6, ["Ġthe"] = 5, ["Ġand"] = 8 };
        string[] merges = ["Ġ t", "h e", "Ġt he", "Ġ w", "o r", "l d", "l l", "Ġ a", "n d", "Ġa nd", "H e", "He ll", "Hell o", "Ġw or", "Ġwor ld"];
        var next = 40_000;
        foreach (var token in merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal)).Concat(ByteAlphabet.Characters.Select(letter => letter.ToString()))) vocabulary[token] = used.TryGetValue(token, out var known) ? known : next++;
        var pairs = SmallTokenizer.Read(SmallTokenizer.Write(_folder.Path, vocabulary, string.Join('\n', merges)));
        new Tokenizer(pairs, SpecialTokens.Of(pairs), 1024).Encode("Hello world! and, the.").ShouldBe([0, 31414, 232, 328, 8, 6, 5, 4, 2]);
    }

    [Fact]
    public async Task Random_texts_have_the_tokens_that_another_implementation_gives_them()
    {
        const string python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(python), "Python is not here: install python3.");
        (await ExternalTool.RunAsync(python, Repository.At("tests", "TriageWorker.Models.Tests", "Sentences", "tokenizer_reference.py"), _folder.Path)).Expect();
        var pairs = SmallTokenizer.Read(_folder.Path);
        var tokenizer = new Tokenizer(pairs, SpecialTokens.Of(pairs), int.MaxValue);
        var (texts, tokens) = (Json<string[]>("texts.json"), Json<int[][]>("tokens.json"));
        texts.Length.ShouldBeGreaterThan(1500);
        foreach (var (text, expected) in texts.Zip(tokens)) tokenizer.Encode(text).ShouldBe(expected, JsonSerializer.Serialize(text));
    }

    [Fact]
    public void What_is_too_long_is_cut_and_still_ends()
    {
        var pairs = SmallTokenizer.Read(SmallTokenizer.Write(_folder.Path));
        var ids = new Tokenizer(pairs, SpecialTokens.Of(pairs), longest: 6).Encode("no free air . free");
        ids.ShouldBe([0, pairs.Ids["no"], pairs.Ids["Ġfree"], pairs.Ids["Ġair"], pairs.Ids["Ġ."], 2]);
        new Tokenizer(pairs, SpecialTokens.Of(pairs), longest: 5).Encode("no free air . free").ShouldBe([.. ids[..4], 2]);
        new Tokenizer(pairs, SpecialTokens.Of(pairs), longest: 7).Encode("no free air .").ShouldBe(ids);
    }

    [Fact]
    public void A_batch_is_padded_to_its_longest()
    {
        var pairs = SmallTokenizer.Read(SmallTokenizer.Write(_folder.Path));
        var (ids, length) = new Tokenizer(pairs, SpecialTokens.Of(pairs), longest: 6).Pad([[0, 9, 8, 2], [0, 2]]);
        length.ShouldBe(4);
        ids.ShouldBe([0, 9, 8, 2, 0, 2, 1, 1]);
    }

    private string Tokens(string text)
    {
        var pairs = SmallTokenizer.Read(SmallTokenizer.Write(_folder.Path));
        var names = pairs.Ids.ToDictionary(pair => pair.Value, pair => pair.Key);
        return string.Join('|', pairs.Encode(text).Select(id => names[id]));
    }

    private T Json<T>(string name) => JsonSerializer.Deserialize<T>(File.ReadAllText(_folder.At(name)))!;
}
