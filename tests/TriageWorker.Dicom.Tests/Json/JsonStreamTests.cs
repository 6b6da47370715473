using System.Text;
using TriageWorker.Dicom.Json;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Json;

/// <summary>Arrays of data sets that arrive in pieces.</summary>
public sealed class JsonStreamTests
{
    private const string Two = """ [ {"00100020":{"vr":"LO","Value":["A]}"]}} , {"00081032":{"vr":"SQ","Value":[{},{"00080100":{"vr":"SH","Value":["\"ü"]}}]}} ] """;

    [Fact]
    public async Task Pieces_may_end_anywhere()
    {
        var text = Encoding.UTF8.GetBytes(Two);
        for (var cut = 0; cut <= text.Length; cut++)
        {
            var dataSets = await ReadAsync(new PiecewiseStream(text, cut));
            dataSets.Count.ShouldBe(2);
            dataSets[0].GetString(DicomTag.PatientID).ShouldBe("A]}");
            dataSets[1].GetSequence(DicomTag.ProcedureCodeSequence)[1].GetString(DicomTag.CodeValue).ShouldBe("\"ü");
        }
    }

    [Fact]
    public async Task One_object_by_itself_and_an_empty_array_are_read_too()
    {
        (await ReadAsync(new MemoryStream("""{"00080060":{"vr":"CS","Value":["CT"]}}"""u8.ToArray()))).Single().GetString(DicomTag.Modality).ShouldBe("CT");
        (await ReadAsync(new MemoryStream("[]"u8.ToArray()))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("5", "")]
    [InlineData("[5]", "[0]")]
    [InlineData("[{},[]]", "[1]")]
    [InlineData("{}{}", "")]
    [InlineData("[{}] x", "[1]")]
    [InlineData("""[{},{"00080060":{"vr":"CS","Value":[1]}}]""", "[1].00080060")]
    public async Task What_is_wrong_is_said_with_the_number_of_the_data_set(string text, string path) =>
        (await Should.ThrowAsync<DicomJsonException>(() => ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text))))).Path.ShouldBe(path);

    [Fact]
    public async Task A_cut_stream_is_an_error_and_never_an_end()
    {
        var text = Encoding.UTF8.GetBytes(Two.Trim());
        for (var cut = 0; cut < text.Length; cut++)
            await Should.ThrowAsync<DicomJsonException>(() => ReadAsync(new PiecewiseStream(text[..cut], cut / 2)));
    }

    [Fact]
    public async Task A_data_set_comes_out_before_the_next_has_arrived()
    {
        var stream = new PiecewiseStream(Encoding.UTF8.GetBytes(Two), Two.IndexOf(" ,", StringComparison.Ordinal));
        await using var dataSets = DicomDataset.ReadJsonAsync(stream, stop: TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        (await dataSets.MoveNextAsync()).ShouldBeTrue();
        stream.PiecesRead.ShouldBe(1);
    }

    [Theory, InlineData("00"), InlineData("\"")] // two short attributes too many; one token that does not end
    public async Task A_data_set_longer_than_allowed_is_refused_before_it_is_held(string unit)
    {
        var options = new DicomJsonReadOptions { MaxLength = 1 << 20 };
        var stream = new EndlessStream(unit == "\"" ? "[{\"" : "[{", unit == "\"" ? "x" : "\"00080060\":{\"vr\":\"CS\"},");
        var fault = await Should.ThrowAsync<DicomJsonException>(async () =>
        {
            await foreach (var _ in DicomDataset.ReadJsonAsync(stream, options, TestContext.Current.CancellationToken)) { }
        });
        fault.Message.ShouldBe("[0]: the data set is longer than 1048576 bytes");
        stream.BytesRead.ShouldBeLessThan(3 << 20);
    }

    private static async Task<List<DicomDataset>> ReadAsync(Stream stream)
    {
        var all = new List<DicomDataset>();
        await foreach (var dataset in DicomDataset.ReadJsonAsync(stream, stop: TestContext.Current.CancellationToken)) all.Add(dataset);
        return all;
    }

    /// <summary>Gives its bytes in two reads.</summary>
    private sealed class PiecewiseStream(byte[] bytes, int cut) : MemoryStream(bytes)
    {
        internal int PiecesRead { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            PiecesRead++;
            var there = (int)((Position < cut ? cut : Length) - Position);
            return base.ReadAsync(buffer[..Math.Min(buffer.Length, there)], cancellationToken);
        }
    }

    private sealed class EndlessStream(string start, string unit) : MemoryStream
    {
        private readonly byte[] _unit = Encoding.UTF8.GetBytes(unit);

        internal long BytesRead { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (var i = 0; i < buffer.Length; i++, BytesRead++)
                buffer.Span[i] = BytesRead < start.Length ? (byte)start[(int)BytesRead] : _unit[(BytesRead - start.Length) % _unit.Length];
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
