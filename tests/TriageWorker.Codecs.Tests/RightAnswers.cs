namespace TriageWorker.Codecs.Tests;

/// <summary>
/// What every shared CT series must come to: for a model that needs 40 mm of the abdomen, for one that needs 150 mm, and for the first one if it took
/// patients of any age, since many de-identified images state an age of nought or a birth on the day of the study.
/// </summary>
internal static class RightAnswers
{
    private const string Infant = "the patient is less than a year old and the model reads no one under 18", Alone = "a single slice is no volume";

    public static Dictionary<string, (string OfLittle, string OfMuch, string OfAnyAge)> Of { get; } = new(StringComparer.Ordinal)
    {
        ["corpus/cornerstone_ct_every_transfer_syntax/CT0012.fragmented_no_bot_jpeg_baseline.51.dcm"] = Always("the images show computed values (PERFUSION), not HU"),
        ["corpus/cornerstone_ct_every_transfer_syntax/CT1_J2KR"] = AsInfant(Alone),
        ["corpus/cornerstone_ct_every_transfer_syntax/CT2_J2KR"] = Always(Alone),
        ["corpus/cornerstone_ct_every_transfer_syntax/CTImage.dcm"] = Always(Alone),
        ["corpus/cornerstone_ct_every_transfer_syntax/CTImage.dcm_BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2.dcm"] = Always(Alone),
        ["corpus/cornerstone_ct_every_transfer_syntax/CTImage.dcm_DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99.dcm"] = Always(Alone),
        ["corpus/cornerstone_ct_every_transfer_syntax/CTImage.dcm_JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90.dcm"] = Always(Alone),
        ["corpus/cornerstone_ct_every_transfer_syntax/CTImage.dcm_JPEG2000TransferSyntax_1.2.840.10008.1.2.4.91.dcm"] = Always("the pixels are lossy (JPEG 2000 compressed)"),
        ["corpus/cornerstone_ct_every_transfer_syntax/CTImage.dcm_JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80.dcm"] = Always(Alone),
        ["corpus/cornerstone_ct_every_transfer_syntax/CTImage.dcm_JPEGLSLossyTransferSyntax_1.2.840.10008.1.2.4.81.dcm"] = Always("the pixels are lossy (JPEG-LS compressed)"),
        ["corpus/cornerstone_ct_every_transfer_syntax/CTImage.dcm_JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55.dcm"] = Always("the pixels are lossy (JPEG compressed)"),
        ["corpus/cornerstone_ct_every_transfer_syntax/CTImage.dcm_JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70.dcm"] = Always(Alone),
        ["corpus/cornerstone_ct_every_transfer_syntax/CTImage.dcm_JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57.dcm"] = Always(Alone),
        ["corpus/cornerstone_ct_every_transfer_syntax/CTImage.dcm_JPEGProcess1TransferSyntax_1.2.840.10008.1.2.4.50.dcm"] = Always("the pixels are lossy (JPEG compressed)"),
        ["corpus/cornerstone_ct_every_transfer_syntax/CTImage.dcm_JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51.dcm"] = Always("the pixels are lossy (JPEG compressed)"),
        ["corpus/cornerstone_ct_every_transfer_syntax/CTImage.dcm_JPEGProcess6_8TransferSyntax_1.2.840.10008.1.2.4.53.dcm"] = Always("the pixels are lossy (JPEG compressed)"),
        ["corpus/cornerstone_ct_every_transfer_syntax/CTImage.dcm_LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1.dcm"] = Always(Alone),
        ["corpus/cornerstone_ct_every_transfer_syntax/CTImage.dcm_RLELosslessTransferSyntax_1.2.840.10008.1.2.5.dcm"] = Always(Alone),
        ["corpus/dcmqi/segmentations/23x38x3/image"] = AsInfant("too little coverage: 7.5 mm of 40 mm needed"),
        ["corpus/dcmqi/segmentations/23x38x3/multiframe"] = AsInfant("too little coverage: 7.5 mm of 40 mm needed"),
        ["corpus/dcmqi/segmentations/24x38x3/image"] = AsInfant("too little coverage: 7.5 mm of 40 mm needed"),
        ["corpus/dcmqi/segmentations/24x38x3/multiframe"] = AsInfant("too little coverage: 7.5 mm of 40 mm needed"),
        ["corpus/dcmqi/segmentations/ct-3slice"] = ByNeed("too little coverage: 3 mm of 40 mm needed", "too little coverage: 3 mm of 150 mm needed"),
        ["corpus/dicom2nifti_bad_geometry_synthetic_pixels/gantrytilting/001"] = AsInfant("too little coverage: 14.6 mm of 40 mm needed"),
        ["corpus/dicom2nifti_bad_geometry_synthetic_pixels/notavolume/001"] = Always("all 3 slices lie at one place"),
        ["corpus/dicom2nifti_bad_geometry_synthetic_pixels/sliceincrement/001"] = AsInfant("1 of 5 slices is missing at z = 33.1 mm"),
        ["corpus/dicom2nifti_bad_geometry_synthetic_pixels/sliceincrement/002"] = Always("1 of 5 slices is missing at z = -50.4 mm"),
        ["corpus/lidc_truncated_slice"] = Always("pixel data is cut short: 516810 of 524288 bytes"),
        ["corpus/nema_wg04_ct/CT1_J2KI"] = Always("the pixels are lossy (JPEG 2000 compressed)"),
        ["corpus/nema_wg04_ct/CT1_J2KR"] = AsInfant(Alone),
        ["corpus/nema_wg04_ct/CT1_JLSL"] = AsInfant(Alone),
        ["corpus/nema_wg04_ct/CT1_JLSN"] = Always("the pixels are lossy (JPEG-LS compressed)"),
        ["corpus/nema_wg04_ct/CT1_JPLL"] = AsInfant(Alone),
        ["corpus/nema_wg04_ct/CT1_RLE"] = AsInfant(Alone),
        ["corpus/nema_wg04_ct/CT1_UNC"] = AsInfant(Alone),
        ["corpus/nema_wg04_ct/CT2_J2KI"] = Always("the pixels are lossy (JPEG 2000 compressed)"),
        ["corpus/nema_wg04_ct/CT2_J2KR"] = Always(Alone),
        ["corpus/nema_wg04_ct/CT2_JLSL"] = Always(Alone),
        ["corpus/nema_wg04_ct/CT2_JLSN"] = Always("the pixels are lossy (JPEG-LS compressed)"),
        ["corpus/nema_wg04_ct/CT2_JPLL"] = Always(Alone),
        ["corpus/nema_wg04_ct/CT2_RLE"] = Always(Alone),
        ["corpus/nema_wg04_ct/CT2_UNC"] = Always(Alone),
        ["corpus/pydicom_test_files/693_J2KI.dcm"] = Always("the pixels are lossy (JPEG 2000 compressed)"),
        ["corpus/pydicom_test_files/CT_small.dcm"] = AsInfant(Alone),
        ["corpus/pydicom_test_files/J2K_pixelrep_mismatch.dcm"] = Always(Alone),
        ["corpus/pydicom_test_files/dicomdirtests/77654033/CT2"] = Always("161 of 165 slices are missing at z = -98.2, -97.0, -95.7, -94.5, -93.2, … mm"),
        ["corpus/pydicom_test_files/dicomdirtests/98892001/CT2N"] = Always("the images are localizers (scouts)"),
        ["corpus/pydicom_test_files/dicomdirtests/98892001/CT5N"] = ByNeed("too little coverage: 12.5 mm of 40 mm needed", "too little coverage: 12.5 mm of 150 mm needed"),
        ["corpus/pydicom_test_files/dicomdirtests/TINY_ALPHA/PT000000/ST000000/SE000000"] = Always("there is no pixel data"),
        ["corpus/ts_missing_uids"] = Always("slices stand 14 mm apart, 10 mm at most are allowed"),
        ["ct/lidc0314_upper_abdomen"] = ByNeed("tensor: 64 original slices of 1 mm thickness every 1 mm cover 64 mm, sharp kernel D; 64 mm of the abdomen are in view", "too little coverage: 64 mm of 150 mm needed"),
        ["ct/sts002_ct_pet_mr/CT/image"] = Always("no abdomen is in view: the images show 157 mm of a neck, a limb or a part of a trunk too small to tell"),
        ["ct/ts_abdomen_portalvenous_j2k"] = ByNeed("tensor: 20 original slices of 3 mm thickness every 2 mm cover 40 mm, soft kernel Br38f; 40 mm of the abdomen are in view", "too little coverage: 40 mm of 150 mm needed"),
        ["ct/ts_abdpelvis_3mm"] = Always("tensor: 112 derived slices of 3 mm thickness every 3 mm cover 336 mm, kernel not given; 159 mm of the abdomen are in view"),
        ["ct/ts_aorta_cta_crop"] = ByNeed("tensor: 164 derived slices of 1.5 mm thickness every 1.5 mm cover 246 mm, kernel not given; 51 mm of the abdomen are in view", "too little abdomen is in view: 51 mm of 150 mm needed; otherwise the images show 180 mm of a thorax, 15 mm of a neck, a limb or a part of a trunk too small to tell"),
    };

    private static (string OfLittle, string OfMuch, string OfAnyAge) Always(string answer) => (answer, answer, answer);

    private static (string OfLittle, string OfMuch, string OfAnyAge) ByNeed(string ofLittle, string ofMuch) => (ofLittle, ofMuch, ofLittle);

    private static (string OfLittle, string OfMuch, string OfAnyAge) AsInfant(string ofAnyAge) => (Infant, Infant, ofAnyAge);
}
