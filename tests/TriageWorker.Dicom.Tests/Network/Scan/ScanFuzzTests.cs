using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network.Scan;

/// <summary>Broken data sets: nothing is thrown, little memory taken, and scan and file reader agree on what can be read.</summary>
public sealed class ScanFuzzTests
{
    private const long MostBytes = 64 << 10; // what a scan allocates whatever it is fed: its buffers, some frames, fifteen values

    public static TheoryData<string> Samples => [.. WireSample.All.Select(sample => sample.Name)];

    [Theory, MemberData(nameof(Samples))]
    public void A_data_set_cut_anywhere_is_followed_only_where_the_reader_finds_an_end(string name)
    {
        var (_, syntax, whole) = WireSample.All.Single(sample => sample.Name == name);
        var followed = 0;
        for (var cut = 0; cut < whole.Length; cut++)
        {
            var isFollowed = Follow(whole.AsSpan(0, cut), syntax, new Random(cut)) == default;
            var isRead = Reading.Refusal(whole[..cut], syntax) is null;
            if (isFollowed) followed++;
            isFollowed.ShouldBe(isRead, $"cut at {cut}");
        }
        followed.ShouldBeInRange(1, 60);
    }

    /// <summary>
    /// The other way round holds but for a few: whether garbled letters are a VR or a length, the reader decides by whether the file
    /// is long enough for that length, which nobody knows while it arrives.
    /// </summary>
    [Fact]
    public void A_data_set_with_any_byte_changed_is_followed_only_when_it_can_be_read()
    {
        int cases = 0, lostThoughRead = 0;
        Fuzz.Cases(fast: 8_000, whole: 400_000, random =>
        {
            var (name, syntax, whole) = WireSample.All[random.Next(WireSample.All.Count)];
            var bytes = Mutation.Of(whole, random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var fault = Follow(bytes, syntax, random);
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(MostBytes);
            var refusal = Reading.Refusal(bytes, syntax);
            if (fault == default) refusal.ShouldBeNull($"{name}: followed");
            else if (refusal is null) lostThoughRead++;
            cases++;
        });
        (lostThoughRead * 200).ShouldBeLessThanOrEqualTo(Math.Max(cases, 200));
    }

    [Fact]
    public void Noise_is_followed_only_when_it_can_be_read() => Fuzz.Cases(fast: 2_000, whole: 100_000, random =>
    {
        var syntax = WireSample.All[random.Next(WireSample.All.Count)].Syntax;
        var bytes = new byte[random.Next(4096)];
        random.NextBytes(bytes);
        if (Follow(bytes, syntax, random) == default) Reading.Refusal(bytes, syntax).ShouldBeNull();
    });

    private static ScanFault Follow(ReadOnlySpan<byte> bytes, string syntax, Random random)
    {
        using var scan = new DataSetScan(AcceptedSyntaxes.EncodingOf(syntax));
        while (!bytes.IsEmpty)
        {
            var piece = Math.Min(bytes.Length, random.Next(1, 200));
            scan.Feed(bytes[..piece]);
            bytes = bytes[piece..];
        }
        scan.Complete();
        return scan.Fault;
    }
}
