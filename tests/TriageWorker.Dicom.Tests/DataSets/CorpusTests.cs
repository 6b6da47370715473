using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.DataSets;

/// <summary>Real files: correct, odd and broken.</summary>
public sealed class CorpusTests
{
    /// <summary>Files that are no DICOM or are broken; all others must be read.</summary>
    private static readonly string[] Refused =
    [
        "corpus/dcmqi/segmentations/23x38x3/nrrd/label.nrrd: This is not a DICOM file (at byte 0)",
        "corpus/dcmqi/segmentations/24x38x3/nrrd/label.nrrd: This is not a DICOM file (at byte 0)",
        "corpus/dcmqi/segmentations/liver_seg.nrrd: This is not a DICOM file (at byte 0)",
        "corpus/lidc_truncated_slice/000275.dcm: The pixel data is short: 524288 bytes declared, 516810 are there (at byte 1846, in (7FE0,0010) PixelData)",
        "corpus/pydicom_test_files/MR_truncated.dcm: The pixel data is short: 8192 bytes declared, 8130 are there (at byte 1500, in (7FE0,0010) PixelData)",
        "corpus/pydicom_test_files/README.txt: This is not a DICOM file (at byte 0)",
        "corpus/pydicom_test_files/crayons.icc: This is not a DICOM file (at byte 0)",
        "corpus/pydicom_test_files/dicomdirtests/DICOMDIR-nooffset: An item of 248 bytes in 224 (at byte 10868, in (0004,1220) DirectoryRecordSequence)",
        "corpus/pydicom_test_files/dicomdirtests/README.txt: This is not a DICOM file (at byte 0)",
        "corpus/pydicom_test_files/dicomdirtests/TINY_ALPHA/README: This is not a DICOM file (at byte 0)",
        "corpus/pydicom_test_files/meta_missing_tsyntax.dcm: This is not a DICOM file (at byte 202)", // an illegal group follows the meta
        "corpus/pydicom_test_files/no_meta.dcm: This is not a DICOM file (at byte 0)", // its first byte is wrong
        "corpus/pydicom_test_files/rtplan.dump: This is not a DICOM file (at byte 0)",
        "corpus/pydicom_test_files/rtplan_truncated.dcm: A sequence of 976 bytes in 711 (at byte 1418, in (300A,00B0) BeamSequence)",
        "corpus/pydicom_test_files/rtstruct.dump: This is not a DICOM file (at byte 0)",
        "corpus/pydicom_test_files/test1.json: This is not a DICOM file (at byte 0)",
        "corpus/pydicom_test_files/test_PN.json: This is not a DICOM file (at byte 0)",
        "corpus/pydicom_test_files/zipMR.gz: This is not a DICOM file (at byte 0)",
    ];

    [Fact]
    public void Every_file_of_the_corpus_is_read_or_refused_with_a_reason()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var refused = new List<string>();
        foreach (var path in CorpusFiles.All())
        {
            try
            {
                DicomFile.Read(path);
                DicomFile.Read(path, DicomReadOptions.HeaderOnly);
            }
            catch (DicomFormatException why)
            {
                refused.Add($"{Path.GetRelativePath(Shared.At("data"), path)}: {why.Message}");
            }
        }
        string.Join('\n', refused).ShouldBe(string.Join('\n', Refused));
    }
}
