using TriageWorker.Imaging.Decoding;
using TriageWorker.Imaging.Series;
using TriageWorker.Imaging.Volumes;
using TriageWorker.Testing;

namespace TriageWorker.Codecs.Tests;

/// <summary>Files that other people's software compressed, each beside its uncompressed twin.</summary>
public sealed class RealFilesTests : IDisposable
{
    private const string Cornerstone = "cornerstone_ct_every_transfer_syntax/CTImage.dcm", Nema = "nema_wg04_ct/";

    private readonly FrameDecoder _decoder = new(TimeSpan.FromSeconds(30), TimeProvider.System);

    public void Dispose() => _decoder.Dispose();

    [Theory]
    [InlineData(Cornerstone + "_LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1.dcm", Cornerstone)]
    [InlineData(Cornerstone + "_BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2.dcm", Cornerstone)]
    [InlineData(Cornerstone + "_DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99.dcm", Cornerstone)]
    [InlineData(Cornerstone + "_RLELosslessTransferSyntax_1.2.840.10008.1.2.5.dcm", Cornerstone)]
    [InlineData(Cornerstone + "_JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57.dcm", Cornerstone)]
    [InlineData(Cornerstone + "_JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70.dcm", Cornerstone)]
    [InlineData(Cornerstone + "_JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80.dcm", Cornerstone)]
    [InlineData(Cornerstone + "_JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90.dcm", Cornerstone)]
    [InlineData(Nema + "CT1_RLE", Nema + "CT1_UNC")]
    [InlineData(Nema + "CT1_JPLL", Nema + "CT1_UNC")]
    [InlineData(Nema + "CT1_JLSL", Nema + "CT1_UNC")]
    [InlineData(Nema + "CT1_J2KR", Nema + "CT1_UNC")]
    [InlineData(Nema + "CT2_RLE", Nema + "CT2_UNC")]
    [InlineData(Nema + "CT2_JPLL", Nema + "CT2_UNC")]
    [InlineData(Nema + "CT2_JLSL", Nema + "CT2_UNC")]
    [InlineData(Nema + "CT2_J2KR", Nema + "CT2_UNC")]
    public void A_lossless_file_gives_the_pixels_of_its_uncompressed_twin(string file, string twin)
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        Values(file).ShouldBe(Values(twin));
    }

    private short[] Values(string file)
    {
        var header = SliceFile.Read(Shared.At("data", "corpus", file)).ShouldHaveSingleItem().ShouldBeOfType<Reading<SliceHeader>.Of>().Value;
        return SliceValues.Read(header, _decoder, TestContext.Current.CancellationToken).ShouldBeOfType<Reading<StoredSlice>.Of>().Value.Values.ToArray();
    }
}
