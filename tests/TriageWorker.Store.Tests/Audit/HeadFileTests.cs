using TriageWorker.Testing;

namespace TriageWorker.Store.Tests.Audit;

public sealed class HeadFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private HeadFile Heads => new(_folder.At("away", "heads.jsonl"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lines_are_added_and_read_in_their_order()
    {
        for (var seal = 1; seal <= 3; seal++) Heads.Append(Head(seal));

        (await ReadAsync()).ShouldBe([Head(1), Head(2), Head(3)]);
        (await Heads.LastAsync(Stop)).ShouldBe(Head(3));
    }

    [Fact]
    public async Task A_line_that_a_crash_tore_anywhere_costs_itself_alone()
    {
        Heads.Append(Head(1));
        var whole = await File.ReadAllBytesAsync(Heads.Path, Stop);
        for (var cut = 1; cut < whole.Length - 1; cut++)
        {
            await File.WriteAllBytesAsync(Heads.Path, [.. whole, .. whole.AsSpan(0, cut)], Stop);
            (await Heads.LastAsync(Stop)).ShouldBe(Head(1));
            Heads.Append(Head(2));
            (await ReadAsync()).ShouldBe([Head(1), null, Head(2)]);
        }
    }

    [Fact]
    public async Task Many_who_add_at_once_lose_no_line()
    {
        await Task.WhenAll(Enumerable.Range(1, 8).Select(writer => Task.Run(() =>
        {
            for (var line = 0; line < 20; line++) Heads.Append(Head(writer * 100 + line));
        }, Stop)));

        (await ReadAsync()).Where(head => head is not null).Select(head => head!.Seal).Order()
            .ShouldBe(Enumerable.Range(1, 8).SelectMany(writer => Enumerable.Range(0, 20).Select(line => writer * 100L + line)));
    }

    [Fact]
    public async Task What_is_added_after_a_look_began_is_left_out_of_it()
    {
        Heads.Append(Head(1));
        var length = Heads.Length;
        Heads.Append(Head(2));

        var read = new List<SealHead?>();
        await foreach (var head in Heads.ReadAsync(length, Stop)) read.Add(head);

        read.ShouldBe([Head(1)]);
    }

    [Fact]
    public void A_disk_that_takes_nothing_is_told()
    {
        Should.Throw<IOException>(() => new HeadFile("/dev/full").Append(Head(1)));
        Should.Throw<IOException>(() => new HeadFile("/dev/null/heads").Append(Head(1)));
    }

    private static SealHead Head(long seal) => new("2026-01-31T08:00:00.000000Z", 1, seal, seal * 10, new string('a', 64));

    private async Task<List<SealHead?>> ReadAsync()
    {
        var read = new List<SealHead?>();
        await foreach (var head in Heads.ReadAsync(Heads.Length, Stop)) read.Add(head);
        return read;
    }
}
