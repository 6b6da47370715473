namespace TriageWorker.Dicom.Tests.Files;

/// <summary>Each limit of <see cref="DicomReadOptions"/> is held, and has a ceiling.</summary>
public sealed class LimitTests
{
    private static DicomDataset Read(byte[] bytes, DicomReadOptions options) => DicomDataset.Parse(bytes, TransferSyntax.ExplicitVRLittleEndian, options);

    [Fact]
    public void Nesting_is_read_to_the_limit_and_not_beyond()
    {
        byte[] Nested(int depth) => depth == 0 ? [] : RawSample.Open(0x0008_1140, Coded.Item(Nested(depth - 1)));
        Read(Nested(3), new DicomReadOptions { MaxDepth = 3 }).Count.ShouldBe(1);
        Should.Throw<DicomFormatException>(() => Read(Nested(4), new DicomReadOptions { MaxDepth = 3 })).Message.ShouldContain("deeper than 3");
        Read(Nested(DicomReadOptions.DeepestDepth), new DicomReadOptions { MaxDepth = DicomReadOptions.DeepestDepth }).Count.ShouldBe(1); // the stack holds the ceiling
    }

    [Fact]
    public void A_value_or_fragment_longer_than_the_limit_is_refused_unless_it_stays_in_the_file()
    {
        var options = new DicomReadOptions { MaxValueLength = 4 };
        Read(Coded.Explicit(0x0010_0020, "LO", "ABCD"u8), options).GetString(DicomTag.PatientID).ShouldBe("ABCD");
        Should.Throw<DicomFormatException>(() => Read(Coded.Explicit(0x0010_0020, "LO", "ABCDEF"u8), options)).Tag.ShouldBe(DicomTag.PatientID);
        Should.Throw<DicomFormatException>(() => Read(RawSample.Encapsulated(), options));
        Read(RawSample.Encapsulated(), options with { DeferLargerThan = 4 }).Count.ShouldBe(5);
    }

    [Fact]
    public void More_elements_than_the_limit_are_refused()
    {
        var bytes = RawSample.Open(0x0008_1140, Coded.Item(Coded.Explicit(0x0010_0020, "LO", "AB"u8)), Coded.Item());
        Read(bytes, new DicomReadOptions { MaxElements = 4 }).Count.ShouldBe(1); // the sequence, two items, one attribute
        Should.Throw<DicomFormatException>(() => Read(bytes, new DicomReadOptions { MaxElements = 3 })).Message.ShouldContain("More than 3");
    }

    [Fact]
    public void A_limit_beyond_its_ceiling_is_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new DicomReadOptions { MaxDepth = DicomReadOptions.DeepestDepth + 1 });
        Should.Throw<ArgumentOutOfRangeException>(() => new DicomReadOptions { MaxElements = DicomReadOptions.MostElements + 1 });
        Should.Throw<ArgumentOutOfRangeException>(() => new DicomReadOptions { MaxInflatedBytes = DicomReadOptions.LongestInflated + 1 });
        Should.Throw<ArgumentOutOfRangeException>(() => new DicomReadOptions { MaxValueLength = (long)Array.MaxLength + 1 });
        Should.Throw<ArgumentOutOfRangeException>(() => new DicomReadOptions { MaxDepth = -1 });
    }
}
